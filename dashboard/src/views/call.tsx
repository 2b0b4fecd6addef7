import type { CallView } from '../../../src/admin/api.ts'
import type { CallEvent } from '../../../src/core/event.ts'
import { AttemptTable } from '../parts/attempt-table.tsx'
import { BackLink } from '../parts/back-link.tsx'
import { CallFacts } from '../parts/call-facts.tsx'
import { Conversation } from '../parts/conversation.tsx'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { TimeLine } from '../parts/time-line.tsx'
import { UsageTable } from '../parts/usage-table.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { durationText } from '../text/duration-text.ts'

/** One call, whole: what was asked, what became of it, what it cost, and why. */
export function CallPage({ id }: { readonly id: string }) {
  const { answer, failure, reload } = useResource<CallView>(`api/calls/${encodeURIComponent(id)}`)
  return (
    <>
      <BackLink to="#/calls">Calls</BackLink>
      <div class="head">
        <h1 tabIndex={-1}>Call</h1>
        <Copy text={id} what="the call's id">
          {id}
        </Copy>
      </div>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && <Whole view={answer} />}
    </>
  )
}

function Whole({ view: { call, attempts, children, story } }: { readonly view: CallView }) {
  const { outcome } = call
  return (
    <div class="detail">
      <section class="card verdict" aria-label="Outcome">
        <Outcome ending={outcome.ending} errorCode={outcome.errorCode} />
        <Figures call={call} />
        {outcome.errorMessage && <p class="message">{outcome.errorMessage}</p>}
      </section>
      <div class="column">
        {attempts.length > 0 && (
          <section class="card">
            <h2>Attempts</h2>
            <TimeLine call={call} attempts={attempts} />
            <AttemptTable attempts={attempts} />
          </section>
        )}
        <section class="card">
          <h2>Story</h2>
          <Scroll label="The call's story">
            <pre class="story">{story}</pre>
          </Scroll>
        </section>
        <section class="card">
          <h2>Tokens and money</h2>
          <UsageTable call={call} attempts={attempts} />
        </section>
        {children.length > 0 && (
          <section class="card">
            <h2>Corrective turns</h2>
            <ChildList calls={children} />
          </section>
        )}
        {call.content && (
          <section class="card">
            <h2>Content</h2>
            <Conversation content={call.content} />
          </section>
        )}
      </div>
      <section class="card aside">
        <h2>Facts</h2>
        <CallFacts call={call} />
      </section>
    </div>
  )
}

function Figures({ call }: { readonly call: CallEvent }) {
  return (
    <dl class="figures">
      <div>
        <dt>Total</dt>
        <dd>{durationText(call.totalMs)}</dd>
      </div>
      <div>
        <dt>First token</dt>
        <dd>{durationText(call.firstTokenMs)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd title={exactCostText(call.cost.nanoUsd)}>
          {call.cost.status === 'estimated' && '≈ '}
          {costText(call.cost.nanoUsd)}
        </dd>
      </div>
      <div>
        <dt>Attempts</dt>
        <dd>{call.attempts}</dd>
      </div>
      <div>
        <dt>Fallbacks</dt>
        <dd>{call.fallbacks}</dd>
      </div>
    </dl>
  )
}

function ChildList({ calls }: { readonly calls: readonly CallEvent[] }) {
  return (
    <ul class="rows">
      {calls.map(({ callId, outcome, totalMs, cost }) => (
        <li key={callId}>
          <a href={linkTo(['calls', callId])}>{callId}</a>
          <Outcome ending={outcome.ending} errorCode={outcome.errorCode} />
          <span class="number">
            {durationText(totalMs)}, {costText(cost.nanoUsd)}
          </span>
        </li>
      ))}
    </ul>
  )
}
