import type { OverviewView, Share } from '../../../src/admin/api.ts'
import { Chart } from '../parts/chart.tsx'
import { Failure } from '../parts/failure.tsx'
import { FirstCall } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { Sources } from '../parts/sources.tsx'
import { SpanPicker } from '../parts/span-picker.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { spanOf } from '../span.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { counted, countText, shareOf, shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'

/** What went on in a span of time: how much, how well, how fast and for how much. */
export function Overview({ query }: { readonly query: URLSearchParams }) {
  const span = spanOf(query)
  const { answer, failure, isFresh, reload } = useResource<OverviewView>(() => `api/overview?${span.query()}`, {
    key: `api/overview?${span.name ?? span.query()}`,
    ...(span.refreshMs !== undefined && { refreshMs: span.refreshMs }),
  })
  return (
    <>
      <Head title="Overview">
        {span.name === undefined && (
          <a class="button" href="#/overview">
            Leave the selected span
          </a>
        )}
        <SpanPicker place="overview" current={span.name} />
      </Head>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer ? (
        <div class={isFresh ? 'overview' : 'overview stale'}>
          <Tiles overview={answer} span={span} />
          {answer.totals.calls === 0 && answer.before.calls === 0 && (
            <FirstCall title={`No calls in the ${span.words.replace(/^(?=\d|hour)/, 'last ')}`} />
          )}
          <Charts overview={answer} />
          <div class="grid halves">
            <Shares title="Top features" shares={answer.byFeature} filter="feature" nameless="no feature" />
            <Shares title="Top models" shares={answer.byModel} filter="model" nameless="no model asked" />
            <WhoAnswered overview={answer} />
            <Errors overview={answer} />
          </div>
        </div>
      ) : (
        !failure && <Skeleton />
      )}
    </>
  )
}

function Charts({ overview }: { readonly overview: OverviewView }) {
  const { series, totals, from, to, bucketMs } = overview
  const { at, calls, errors, inputTokens, outputTokens, cachedTokens, latencyMs, firstTokenMs } = series
  const common = { from, to, bucketMs, at }
  const percentiles = (of: typeof latencyMs) => [
    { name: 'p99', colour: 'ink-3', values: of.p99, isDashed: true },
    { name: 'p95', colour: 'tint-3', values: of.p95 },
    { name: 'p50', colour: 'tint-2', values: of.p50 },
  ]
  const quantilesInWords = ({ p50, p95, p99 }: typeof totals.latencyMs) =>
    `Median ${durationText(p50)}, 95th percentile ${durationText(p95)}, 99th ${durationText(p99)}.`
  return (
    <div class="grid halves">
      <Chart
        {...common}
        title="Calls"
        kind="bars"
        summary={`${counted(totals.calls, 'call')}, ${countText(totals.errors)} failed.`}
        series={[
          { name: 'calls', colour: 'tint-2', values: calls },
          { name: 'failed', colour: 'bad', values: errors },
        ]}
        text={(value) => countText(value ?? 0)}
      />
      <Chart
        {...common}
        title="Cost"
        kind="bars"
        summary={`${costText(totals.costNanoUsd)} in all.`}
        series={[{ name: 'cost', colour: 'tint-2', values: series.costNanoUsd }]}
        text={(value) => costText(value ?? 0)}
      />
      <Chart
        {...common}
        title="Latency"
        kind="lines"
        summary={quantilesInWords(totals.latencyMs)}
        series={percentiles(latencyMs)}
        text={durationText}
      />
      <Chart
        {...common}
        title="Time to first token"
        nothing="Nothing was streamed in this span"
        kind="lines"
        summary={quantilesInWords(totals.firstTokenMs)}
        series={percentiles(firstTokenMs)}
        text={durationText}
      />
      <Chart
        {...common}
        title="Tokens"
        kind="bars"
        summary={`${countText(totals.inputTokens)} in, of which ${countText(totals.cachedTokens)} cached, and ${countText(totals.outputTokens)} out.`}
        series={[
          {
            name: 'out',
            colour: 'tint-3',
            values: outputTokens,
            drawn: outputTokens.map((count, index) => count + (inputTokens[index] ?? 0)),
          },
          { name: 'in', colour: 'tint-2', values: inputTokens },
          { name: 'cached', colour: 'tint-1', values: cachedTokens },
        ]}
        text={(value) => countText(value ?? 0)}
      />
      <Chart
        {...common}
        title="Error share"
        kind="lines"
        summary={`${shareText(shareOf(totals.errors, totals.calls))} of all calls failed.`}
        series={[
          {
            name: 'failed',
            colour: 'bad',
            values: calls.map((count, index) => (count > 0 ? (errors[index] ?? 0) / count : null)),
          },
        ]}
        text={(value) => (value === null ? '–' : shareText(value))}
      />
    </div>
  )
}

interface SharesProps {
  readonly title: string
  readonly shares: readonly Share[]
  readonly filter: 'feature' | 'model'
  readonly nameless: string
}

function Shares({ title, shares, filter, nameless }: SharesProps) {
  const most = Math.max(...shares.map(({ costNanoUsd }) => costNanoUsd), 1)
  return (
    <section class="card">
      <h2>{title}</h2>
      {shares.length === 0 ? (
        <p class="nothing">Nothing in this span</p>
      ) : (
        <table class="shares">
          <thead>
            <tr>
              <th scope="col">{filter === 'feature' ? 'Feature' : 'Model'}</th>
              <th scope="col" class="number">
                Calls
              </th>
              <th scope="col" class="number">
                p95
              </th>
              <th scope="col" class="number">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {shares.map(({ name, calls, errors, costNanoUsd, p95Ms }) => (
              <tr key={name}>
                <th scope="row">
                  {name === '' ? (
                    <span class="quiet">{nameless}</span>
                  ) : (
                    <a href={linkTo(['calls'], { [filter]: name })}>{name}</a>
                  )}
                  <i class="meter" style={{ width: `${(costNanoUsd / most) * 100}%` }} aria-hidden="true" />
                </th>
                <td class="number" title={errors > 0 ? `${errors} failed` : undefined}>
                  {countText(calls)}
                  {errors > 0 && <span class="bad-text"> ({shareText(shareOf(errors, calls))})</span>}
                </td>
                <td class="number">{durationText(p95Ms)}</td>
                <td class="number" title={exactCostText(costNanoUsd)}>
                  {costText(costNanoUsd)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function WhoAnswered({ overview: { sources } }: { readonly overview: OverviewView }) {
  const counts = Object.fromEntries(sources.map(({ source, calls }) => [source, calls]))
  return (
    <section class="card">
      <h2>Who answered</h2>
      {sources.length === 0 ? <p class="nothing">Nothing in this span</p> : <Sources sources={counts} withLegend />}
    </section>
  )
}

function Errors({ overview: { errors, totals } }: { readonly overview: OverviewView }) {
  return (
    <section class="card">
      <h2>Errors by code</h2>
      {errors.length === 0 ? (
        <p class="nothing">{totals.calls > 0 ? 'No call failed' : 'Nothing in this span'}</p>
      ) : (
        <ul class="rows">
          {errors.map(({ code, calls }) => (
            <li key={code}>
              <span class="swatch bad" aria-hidden="true" />
              <a href={linkTo(['calls'], { errorCode: code })}>{code}</a>
              <span class="number">{countText(calls)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Boxes of the size of what is to come, so that nothing jumps. */
function Skeleton() {
  return (
    <div class="overview" aria-busy="true">
      <p class="sr">Loading</p>
      <div class="card tiles waiting" />
      <div class="grid halves">
        {[1, 2, 3, 4, 5, 6].map((place) => (
          <div key={place} class="card chart waiting" />
        ))}
      </div>
    </div>
  )
}
