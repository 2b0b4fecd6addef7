import type { OverviewView, Totals } from '../../../src/admin/api.ts'
import type { Span } from '../span.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { counted, countText, exactCountText, shareOf, shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'

/** What a span comes to, each figure beside that of the span before. */
export function Tiles({ overview, span }: { readonly overview: OverviewView; readonly span: Span }) {
  const { totals } = overview
  // Against next to nothing everything has grown beyond measure: that says nothing.
  const before = overview.before.calls * 10 >= totals.calls ? overview.before : undefined
  const errorShare = shareOf(totals.errors, totals.calls)
  const tokens = (of: Totals) => of.inputTokens + of.outputTokens
  const detours = (of: Totals) => of.retries + of.fallbacks
  return (
    <dl class="card tiles">
      <Tile
        label="Calls"
        value={countText(totals.calls)}
        title={exactCountText(totals.calls)}
        now={totals.calls}
        then={before?.calls}
        note={totals.cacheHits > 0 ? `${shareText(shareOf(totals.cacheHits, totals.calls))} from the cache` : ''}
      />
      <Tile
        label="Errors"
        value={shareText(errorShare)}
        title={`${counted(totals.errors, 'call')} failed`}
        tone={errorShare > 0.05 ? 'bad' : ''}
        now={totals.calls > 0 ? errorShare : null}
        then={before && shareOf(before.errors, before.calls)}
        isLessBetter
        note={`${countText(totals.errors)} failed`}
      />
      <Tile
        label="Cost"
        value={costText(totals.costNanoUsd)}
        title={exactCostText(totals.costNanoUsd)}
        now={totals.costNanoUsd}
        then={before?.costNanoUsd}
        note={totals.unpriced > 0 ? `${countText(totals.unpriced)} unpriced` : projection(overview)}
      />
      <Tile
        label="Latency p95"
        value={durationText(totals.latencyMs.p95)}
        now={totals.latencyMs.p95}
        then={before?.latencyMs.p95}
        isLessBetter
        note={`median ${durationText(totals.latencyMs.p50)}`}
      />
      <Tile
        label="First token p95"
        value={durationText(totals.firstTokenMs.p95)}
        now={totals.firstTokenMs.p95}
        then={before?.firstTokenMs.p95}
        isLessBetter
        note={totals.firstTokenMs.p50 === null ? 'nothing streamed' : `median ${durationText(totals.firstTokenMs.p50)}`}
      />
      <Tile
        label="Tokens"
        value={countText(tokens(totals))}
        title={`${exactCountText(totals.inputTokens)} in, ${exactCountText(totals.outputTokens)} out`}
        now={tokens(totals)}
        then={before && tokens(before)}
        note={`${shareText(shareOf(totals.cachedTokens, totals.inputTokens))} of input cached`}
      />
      <Tile
        label="Retries, fallbacks"
        value={`${countText(totals.retries)} · ${countText(totals.fallbacks)}`}
        now={totals.calls > 0 ? detours(totals) : null}
        then={before && detours(before)}
        isLessBetter
        note={`${shareText(shareOf(detours(totals), totals.calls))} of calls`}
      />
      <p class="sr">Each change is against the {span.words} before.</p>
    </dl>
  )
}

interface TileProps {
  readonly label: string
  readonly value: string
  readonly title?: string
  readonly tone?: string
  readonly now: number | null
  readonly then: number | null | undefined
  readonly isLessBetter?: boolean
  readonly note: string
}

function Tile({ label, value, title, tone = '', now, then, isLessBetter = false, note }: TileProps) {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd>
        <span class={`figure ${tone}`} title={title}>
          {value}
        </span>
        <Change now={now} then={then} isLessBetter={isLessBetter} />
        <span class="note">{note}</span>
      </dd>
    </div>
  )
}

interface ChangeProps {
  readonly now: number | null
  readonly then: number | null | undefined
  readonly isLessBetter: boolean
}

/** How a figure moved; nothing where there was nothing before to compare with. */
function Change({ now, then, isLessBetter }: ChangeProps) {
  if (now === null || !then) return <span class="change" />
  const change = now / then - 1
  if (Math.abs(change) < 0.005) return <span class="change">±0%</span>
  const isUp = change > 0
  const tone = isLessBetter && Math.abs(change) >= 0.1 ? (isUp ? 'worse' : 'better') : ''
  const text = change >= 9.995 ? '10×+' : `${Math.round(Math.abs(change) * 100)}%`
  return (
    <span class={`change ${tone}`}>
      <span aria-hidden="true">{isUp ? '↑' : '↓'}</span>
      <span class="sr">{isUp ? 'up' : 'down'} </span>
      {text}
    </span>
  )
}

const monthMs = 30 * 24 * 3_600_000
const leastMs = 5 * 60_000

/** What a month comes to at this pace, from the first bucket with a cost on. */
function projection({ totals, series, to }: OverviewView): string {
  const first = series.at[series.costNanoUsd.findIndex((cost) => cost > 0)]
  if (first === undefined) return ''
  const elapsedMs = to - first
  if (elapsedMs < leastMs) return 'too early for a month'
  return `≈ ${costText((totals.costNanoUsd / elapsedMs) * monthMs)} a month`
}
