import type { CallRow } from '../../../src/admin/api.ts'
import { linkTo } from '../route.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { countText, exactCountText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { operationText } from '../text/operation-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'
import { Outcome, toneOf } from './outcome.tsx'
import { sourceText } from './sources.tsx'

/** One call in a list: a link to its page. */
export function CallLine({ call }: { readonly call: CallRow }) {
  const { ending, source } = call
  return (
    <li>
      <a class={`call ${toneOf(ending)}`} data-row={call.callId} href={linkTo(['calls', call.callId])}>
        <time class="c-time" dateTime={new Date(call.startedAt).toISOString()} title={fullTimeText(call.startedAt)}>
          {timeText(call.startedAt)}
        </time>
        <span class="c-feature">{call.feature ?? <span class="quiet none">no feature</span>}</span>
        <span class="c-model">
          {call.model && <span>{call.model}</span>}
          {!call.model && !call.operation && <span class="quiet none">no model</span>}
          {call.operation && <span class="tag">{operationText(call.operation)}</span>}
          {source === 'provider' ? (
            <span class="quiet target">{call.target && call.target !== call.model ? call.target : ''}</span>
          ) : (
            <span class="tag">{sourceText(source)}</span>
          )}
        </span>
        <span class="c-outcome">
          <Ending call={call} />
        </span>
        <span
          class="c-tokens number"
          title={`${exactCountText(call.inputTokens)} tokens in, ${exactCountText(call.outputTokens)} out`}
        >
          <span class="sr">tokens in and out </span>
          {call.inputTokens + call.outputTokens === 0 ? (
            <span class="quiet">–</span>
          ) : (
            <>
              {countText(call.inputTokens)} <span class="quiet">→</span> {countText(call.outputTokens)}
            </>
          )}
        </span>
        <span class="c-first number quiet" title="First token">
          <span class="sr">first token </span>
          {durationText(call.firstTokenMs)}
        </span>
        <span class="c-total number" title="Total">
          <span class="sr">total </span>
          {durationText(call.totalMs)}
        </span>
        <span class="c-cost number" title={exactCostText(call.costNanoUsd)}>
          <span class="sr">cost </span>
          {call.costNanoUsd !== null && call.costNanoUsd > 0 && call.costNanoUsd < 500
            ? '<$0.000001'
            : costText(call.costNanoUsd)}
        </span>
      </a>
    </li>
  )
}

/** How it ended. Where that went well, but not straight, the detours are the news. */
function Ending({ call: { ending, errorCode, attempts, fallbacks } }: { readonly call: CallRow }) {
  const retries = Math.max(0, attempts - 1 - fallbacks)
  const detours = [
    ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ...(fallbacks > 0 ? [`${fallbacks} ${fallbacks === 1 ? 'fallback' : 'fallbacks'}`] : []),
  ].join(', ')
  if (detours === '') return <Outcome ending={ending} errorCode={errorCode} />
  if (ending !== 'completed')
    return (
      <>
        <Outcome ending={ending} errorCode={errorCode} />
        <span class="tag warn">{detours}</span>
      </>
    )
  return (
    <span class="outcome fine" title={`Completed after ${detours}`}>
      <span class="sr">completed after </span>
      <span class="tag warn">{detours}</span>
    </span>
  )
}

/** What stands above the columns of a list of calls. Each row says it again for whoever does not see it. */
export function CallHeadings() {
  return (
    <div class="call headings" aria-hidden="true">
      <span class="c-time">Time</span>
      <span class="c-feature">Feature</span>
      <span class="c-model">Model</span>
      <span class="c-outcome">Outcome</span>
      <span class="c-tokens number">Tokens</span>
      <span class="c-first number">First token</span>
      <span class="c-total number">Total</span>
      <span class="c-cost number">Cost</span>
    </div>
  )
}
