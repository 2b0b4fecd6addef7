import { useState } from 'preact/hooks'
import type { EvalCaseView, EvalRunView } from '../../../src/admin/api.ts'
import type { JsonValue } from '../../../src/core/json.ts'
import { BackLink } from '../parts/back-link.tsx'
import { Failure } from '../parts/failure.tsx'
import { Interval } from '../parts/interval.tsx'
import { LongText } from '../parts/long-text.tsx'
import { Verdict } from '../parts/verdict.tsx'
import { useResource } from '../resource.ts'
import { changeQuery, linkTo } from '../route.ts'
import { costText } from '../text/cost-text.ts'
import { counted, countText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'
import { Flips } from './evals.tsx'

const filters = {
  all: () => true,
  broken: ({ flip }: EvalCaseView) => flip === 'broken',
  fixed: ({ flip }: EvalCaseView) => flip === 'fixed',
  failed: ({ outcome }: EvalCaseView) => outcome === 'failed',
  unclear: ({ outcome }: EvalCaseView) => outcome === 'unclear',
} as const

type Show = keyof typeof filters
const words: Readonly<Record<Show, string>> = {
  all: 'All',
  broken: 'Broken',
  fixed: 'Fixed',
  failed: 'Failed',
  unclear: 'Unclear',
}

/** One eval run: its cases, first of all those that turned. */
export function EvalRunPage({ id, query }: { readonly id: string; readonly query: URLSearchParams }) {
  const { answer, failure, reload } = useResource<EvalRunView>(`api/evals/${encodeURIComponent(id)}`)
  return (
    <>
      <BackLink to="#/evals">Evals</BackLink>
      <div class="head">
        <h1 tabIndex={-1}>{answer?.run.suite ?? 'Eval run'}</h1>
      </div>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && <Whole view={answer} query={query} />}
    </>
  )
}

const shownAtOnce = 100

function Whole({ view: { run, cases }, query }: { readonly view: EvalRunView; readonly query: URLSearchParams }) {
  const [limit, setLimit] = useState(shownAtOnce)
  const asked = query.get('show') ?? 'all'
  const show: Show = asked in filters ? (asked as Show) : 'all'
  const text = query.get('text') ?? ''
  const matching = cases.filter((one) => filters[show](one) && mentions(one, text))
  return (
    <div class="column">
      <section class="card verdict" aria-label="Result">
        <Verdict run={run} />
        <Interval run={run} />
        <dl class="figures">
          <div>
            <dt>Passed</dt>
            <dd>
              {countText(run.passed)} of {countText(run.cases)}
            </dd>
          </div>
          <div>
            <dt>Flips</dt>
            <dd>
              <Flips run={run} />
            </dd>
          </div>
          <div>
            <dt>Model</dt>
            <dd>{run.model}</dd>
          </div>
          <div>
            <dt>Latency p95</dt>
            <dd>{durationText(run.p95Ms)}</dd>
          </div>
          <div>
            <dt>Cost</dt>
            <dd>{costText(run.costNanoUsd)}</dd>
          </div>
          <div>
            <dt>Started</dt>
            <dd title={fullTimeText(run.startedAt)}>{timeText(run.startedAt)}</dd>
          </div>
        </dl>
      </section>
      <search class="filters" aria-label="Filter cases">
        <fieldset class="choice">
          <legend class="sr">Show</legend>
          {Object.entries(filters).map(([name, matches]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === show}
              onClick={() => changeQuery({ show: name === 'all' ? '' : name })}
            >
              {words[name as Show]} <span class="quiet">{cases.filter(matches).length}</span>
            </button>
          ))}
        </fieldset>
        <label class="field wide">
          <span>Text</span>
          <input
            type="search"
            data-filter=""
            value={text}
            placeholder="Id, input or output"
            onInput={({ currentTarget }) => changeQuery({ text: currentTarget.value })}
          />
        </label>
      </search>
      <p class="quiet" role="status">
        {counted(matching.length, 'case')} shown
      </p>
      <ol class="cases">
        {matching.slice(0, limit).map((one) => (
          <Case key={one.id} one={one} />
        ))}
      </ol>
      {matching.length > limit && (
        <button type="button" class="older" onClick={() => setLimit(limit + shownAtOnce)}>
          More cases
        </button>
      )}
    </div>
  )
}

function mentions({ id, input, output }: EvalCaseView, text: string): boolean {
  if (text === '') return true
  return `${id} ${JSON.stringify(input)} ${JSON.stringify(output) ?? ''}`.toLowerCase().includes(text.toLowerCase())
}

function Case({ one }: { readonly one: EvalCaseView }) {
  const { id, outcome, flip, scores, callId } = one
  const tone = outcome === 'passed' ? 'fine' : outcome === 'failed' ? 'bad' : 'warn'
  return (
    <li class="card case">
      <details open={outcome !== 'passed'}>
        <summary data-row={id}>
          <span class={`outcome ${tone}`}>{outcome}</span>
          {flip && <span class={flip === 'broken' ? 'tag bad' : 'tag good'}>{flip}</span>}
          <span class="id">{id}</span>
          <span class="number quiet">
            {durationText(one.totalMs)}, {costText(one.costNanoUsd)}
          </span>
        </summary>
        <div class="sides">
          <Side title="Input" value={one.input} />
          {one.expected !== undefined && <Side title="Expected" value={one.expected} />}
          {one.output !== undefined && <Side title="Output" value={one.output} />}
          {one.error !== undefined && <Side title="Error" value={one.error} />}
        </div>
        {scores.length > 0 && (
          <ul class="scores">
            {scores.map((score) => (
              <li key={score.scorer}>
                <b>{score.scorer}</b> {score.outcome}
                {score.detail && <span class="quiet"> {score.detail}</span>}
              </li>
            ))}
          </ul>
        )}
        {callId && (
          <p>
            {callId.startsWith('run_') ? (
              <a href={linkTo(['runs', callId])}>Its run</a>
            ) : (
              <a href={linkTo(['calls', callId])}>Its call</a>
            )}
          </p>
        )}
      </details>
    </li>
  )
}

function Side({ title, value }: { readonly title: string; readonly value: JsonValue }) {
  const isText = typeof value === 'string'
  return (
    <section>
      <h3>{title}</h3>
      <LongText text={isText ? value : JSON.stringify(value, null, 2)} isCode={!isText} />
    </section>
  )
}
