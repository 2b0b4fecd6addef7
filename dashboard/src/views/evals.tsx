import type { EvalRunRow, EvalRunsView } from '../../../src/admin/api.ts'
import { Failure } from '../parts/failure.tsx'
import { Snippet } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { Interval } from '../parts/interval.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Verdict } from '../parts/verdict.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { countText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

/** Eval runs, the newest first: how many cases passed and how sure that is, and which ones turned. */
export function Evals() {
  const { answer, failure, reload } = useResource<EvalRunsView>('api/evals', { refreshMs: 10_000 })
  return (
    <>
      <Head title="Evals" />
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && answer.runs.length === 0 && <NoRuns />}
      {answer && answer.runs.length > 0 && (
        <div class="card flush">
          <RunTable runs={answer.runs} />
        </div>
      )}
      {!answer && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}

function RunTable({ runs }: EvalRunsView) {
  return (
    <Scroll label="Eval runs">
      <table class="eval-runs stacking">
        <thead>
          <tr>
            <th scope="col">Suite</th>
            <th scope="col">Passed</th>
            <th scope="col">Verdict</th>
            <th scope="col" class="number">
              Cases
            </th>
            <th scope="col" class="number">
              Flips
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col" class="number">
              Cost
            </th>
            <th scope="col" class="number">
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">
                <a data-row={run.id} href={linkTo(['evals', run.id])}>
                  {run.suite}
                </a>
                <span class="quiet"> {run.model}</span>
              </th>
              <td class="who">
                <Interval run={run} />
              </td>
              <td data-label="Verdict">
                <Verdict run={run} />
              </td>
              <td class="number" data-label="Cases">
                {countText(run.cases)}
                {run.unclear > 0 && <span class="warn-text"> ({countText(run.unclear)} unclear)</span>}
              </td>
              <td class="number" data-label="Flips">
                <Flips run={run} />
              </td>
              <td class="number" data-label="p95">
                {durationText(run.p95Ms)}
              </td>
              <td class="number" data-label="Cost" title={exactCostText(run.costNanoUsd)}>
                {costText(run.costNanoUsd)}
              </td>
              <td class="number" data-label="Started" title={fullTimeText(run.startedAt)}>
                {timeText(run.startedAt)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** Cases that turned against the run compared with. */
export function Flips({ run: { broken, fixed } }: { readonly run: EvalRunRow }) {
  if (broken === 0 && fixed === 0) return <span class="quiet">none</span>
  return (
    <>
      {broken > 0 && <span class="bad-text">{broken} broken</span>}
      {broken > 0 && fixed > 0 && ', '}
      {fixed > 0 && <span class="good-text">{fixed} fixed</span>}
    </>
  )
}

function NoRuns() {
  return (
    <section class="card empty" aria-label="No eval runs yet">
      <h2>No eval was run yet</h2>
      <p>
        A suite stands beside its feature, in a file that ends in <code>.eval.ts</code>: cases, and what makes an answer
        right. Run it through the same pipeline that serves your users; its runs appear here.
      </p>
      <Snippet text="npm run inseam -- eval" what="the shell command" />
      <p>Or, with the package:</p>
      <Snippet text="npx inseam eval" what="the shell command" />
    </section>
  )
}
