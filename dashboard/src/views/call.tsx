import type { CallView } from '../../../src/admin/api.ts'
import type { AttemptEvent, CallEvent } from '../../../src/core/event.ts'
import { type Usage, type UsagePart, usageParts } from '../../../src/core/usage.ts'
import { BackLink } from '../parts/back-link.tsx'
import { Conversation } from '../parts/conversation.tsx'
import { Copy } from '../parts/copy.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { sourceText } from '../parts/sources.tsx'
import { TimeLine } from '../parts/time-line.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { exactCountText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

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

const doors = { library: 'Library', gateway: 'Gateway', eval: 'Eval' } as const
const caches = { off: 'Off', hit: 'Hit', miss: 'Miss' } as const

function CallFacts({ call }: { readonly call: CallEvent }) {
  const started = <time title={fullTimeText(call.startedAt)}>{timeText(call.startedAt)}</time>
  const feature = call.feature && <a href={linkTo(['calls'], { feature: call.feature })}>{call.feature}</a>
  const run = call.runId && <a href={linkTo(['runs', call.runId])}>{call.runId}</a>
  const parent = call.parentId && <a href={linkTo(['calls', call.parentId])}>{call.parentId}</a>
  const isUnasked = call.outcome.ending === 'error' && call.attempts === 0
  const dialects = [call.dialectIn, call.dialectOut].filter((dialect) => dialect !== undefined)
  return (
    <Facts
      facts={[
        ['Started', started],
        ['Feature', feature],
        ['Model', call.model],
        ['Target', call.target],
        ['Answered by', isUnasked ? 'Nobody' : sourceText(call.source)],
        ['Door', doors[call.door]],
        ['Dialect', [...new Set(dialects)].join(' → ')],
        ['Streamed', call.streamed ? 'Yes' : 'No'],
        ['Reply cache', caches[call.cache]],
        ['Stop reason', call.outcome.rawStop],
        ['The seam itself took', durationText(call.overheadMs)],
        ['Run', run],
        ['Corrects or continues', parent],
        ['Prompt', call.promptHash && <code>{call.promptHash}</code>],
        ['Tenant', call.tenant],
        ['User', call.user],
        ['Session', call.session],
        ['Tags', call.tags?.join(', ')],
        ['Key', call.keyId],
        ['Trace', call.traceId && <code>{call.traceId}</code>],
        ['Lost in translation', call.losses.map(({ path, effect }) => `${path} ${effect}`).join(', ')],
      ]}
    />
  )
}

function AttemptTable({ attempts }: { readonly attempts: readonly AttemptEvent[] }) {
  return (
    <Scroll label="Attempts in figures">
      <table>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Status
            </th>
            <th scope="col" class="number">
              Connected
            </th>
            <th scope="col" class="number">
              Headers
            </th>
            <th scope="col" class="number">
              First token
            </th>
            <th scope="col" class="number">
              Total
            </th>
            <th scope="col" class="number">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.attemptId}>
              <th scope="row" title={attempt.requestId && `The provider's request ${attempt.requestId}`}>
                {attempt.ordinal}. {attempt.provider}/{attempt.model}
              </th>
              <td title={attempt.outcome.errorMessage}>
                <Outcome ending={attempt.outcome.ending} errorCode={attempt.outcome.errorCode} />
              </td>
              <td class="number">{attempt.status ?? '–'}</td>
              <td class="number">{durationText(attempt.connectMs)}</td>
              <td class="number">{durationText(attempt.headersMs)}</td>
              <td class="number">{durationText(attempt.firstTokenMs)}</td>
              <td class="number">{durationText(attempt.totalMs)}</td>
              <td class="number" title={exactCostText(attempt.cost.nanoUsd)}>
                {costText(attempt.cost.nanoUsd)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const partWords: Readonly<Record<UsagePart, string>> = {
  inputUncached: 'Input',
  cacheRead: 'Input from the cache',
  cacheWrite5m: 'Written to the cache, 5 min',
  cacheWrite1h: 'Written to the cache, 1 h',
  cacheWriteOther: 'Written to the cache',
  outputText: 'Output',
  outputReasoning: 'Reasoning',
  audioIn: 'Audio in',
  audioOut: 'Audio out',
  imageIn: 'Images in',
  imageOut: 'Images out',
}

/** Tokens by part, a column an attempt, and what each attempt cost: the books, one line an attempt, turned on their side. */
function UsageTable({ call, attempts }: { readonly call: CallEvent; readonly attempts: readonly AttemptEvent[] }) {
  const parts = usageParts.filter((part) => call.usage[part] > 0 || attempts.some(({ usage }) => usage[part] > 0))
  const columns = attempts.length > 1 ? attempts : []
  if (parts.length === 0) return <p class="quiet">No tokens were used. Cost: {costText(call.cost.nanoUsd)}.</p>
  return (
    <Scroll label="Tokens and money in figures">
      <table class="narrow">
        <thead>
          <tr>
            <th scope="col">Tokens</th>
            {columns.map(({ attemptId, ordinal }) => (
              <th key={attemptId} scope="col" class="number">
                Attempt {ordinal}
              </th>
            ))}
            <th scope="col" class="number">
              {columns.length > 0 ? 'All' : 'Count'}
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part}>
              <th scope="row">{partWords[part]}</th>
              {columns.map(({ attemptId, usage }) => (
                <td key={attemptId} class="number">
                  {exactCountText(usage[part])}
                </td>
              ))}
              <td class="number">{exactCountText(call.usage[part])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Cost</th>
            {columns.map(({ attemptId, cost }) => (
              <td key={attemptId} class="number" title={exactCostText(cost.nanoUsd)}>
                {costText(cost.nanoUsd)}
              </td>
            ))}
            <td class="number" title={exactCostText(call.cost.nanoUsd)}>
              {costText(call.cost.nanoUsd)}
            </td>
          </tr>
        </tfoot>
      </table>
      <p class="quiet">
        {sourceWords(call.usage)}
        {call.cost.priceVersion && ` Prices of ${call.cost.priceVersion}.`}
      </p>
    </Scroll>
  )
}

function sourceWords({ source }: Usage): string {
  return source === 'measured' ? 'Counted by the provider.' : 'In part our estimate: the provider never said.'
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
