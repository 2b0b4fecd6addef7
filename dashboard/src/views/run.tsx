import { useEffect, useState } from 'preact/hooks'
import type { RunView } from '../../../src/admin/api.ts'
import type { CallEvent, RunEvent, RunOutcome, RunStop, StepEvent } from '../../../src/core/event.ts'
import { inputTokens, outputTokens } from '../../../src/core/usage.ts'
import { BackLink } from '../parts/back-link.tsx'
import { Copy } from '../parts/copy.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { costText } from '../text/cost-text.ts'
import { countText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

const stillGoingMs = 2_000

/** A run: its calls and tools in order, and how it ended. */
export function RunPage({ id }: { readonly id: string }) {
  const [isOver, setOver] = useState(false)
  const { answer, failure, reload } = useResource<RunView>(`api/runs/${encodeURIComponent(id)}`, {
    refreshMs: isOver ? undefined : stillGoingMs,
  })
  useEffect(() => setOver(answer?.run !== undefined), [answer])
  return (
    <>
      <BackLink to="#/calls">Calls</BackLink>
      <div class="head">
        <h1 tabIndex={-1}>Run</h1>
        <Copy text={id} what="the run's id">
          {id}
        </Copy>
      </div>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && (
        <div class="column">
          {answer.run ? (
            <Ending run={answer.run} />
          ) : (
            <p class="notice">It is still under way, or the process that ran it is gone.</p>
          )}
          <section class="card">
            <h2>What it did</h2>
            <Sequence calls={answer.calls} steps={answer.steps} />
          </section>
          {answer.story !== '' && (
            <section class="card">
              <h2>Story</h2>
              <Scroll label="The run's story">
                <pre class="story">{answer.story}</pre>
              </Scroll>
            </section>
          )}
        </div>
      )}
    </>
  )
}

const stops: Readonly<Record<RunStop, string>> = {
  steps: 'Stopped: it had no steps left',
  time: 'Stopped: its time was over',
  money: 'Stopped: its money was spent',
  truncated: 'Stopped: the answer was cut off',
  refused: 'Stopped: the model refused',
  paused: 'Stopped: the model paused',
  repeating: 'Stopped: it repeated itself',
}

function endingText(outcome: RunOutcome): string {
  if (outcome.type === 'finished') return 'Finished'
  return outcome.type === 'stopped' ? stops[outcome.by] : `Failed: ${outcome.errorCode}`
}

function Ending({ run }: { readonly run: RunEvent }) {
  const { outcome } = run
  const tone = outcome.type === 'finished' ? 'fine' : outcome.type === 'stopped' ? 'warn' : 'bad'
  return (
    <section class="card verdict" aria-label="How it ended">
      <span class={`outcome ${tone}`}>{endingText(outcome)}</span>
      {outcome.type === 'failed' && <p class="message">{outcome.errorMessage}</p>}
      <Facts
        facts={[
          ['Started', <time title={fullTimeText(run.startedAt)}>{timeText(run.startedAt)}</time>],
          ['Total', durationText(run.totalMs)],
          ['Cost', costText(run.cost.nanoUsd)],
          ['Calls', countText(run.calls)],
          ['Tools asked for', countText(run.toolCalls)],
          ['Feature', run.feature && <a href={linkTo(['calls'], { feature: run.feature })}>{run.feature}</a>],
          ['Tenant', run.tenant],
          ['User', run.user],
          ['Session', run.session],
        ]}
      />
    </section>
  )
}

/** Calls and tool executions, as they began. */
function Sequence({ calls, steps }: { readonly calls: readonly CallEvent[]; readonly steps: readonly StepEvent[] }) {
  const events = [...calls, ...steps].sort((left, right) => left.startedAt - right.startedAt)
  return (
    <ol class="sequence">
      {events.map((event) =>
        event.type === 'call' ? (
          <li key={event.callId} class="by-call">
            <a data-row={event.callId} href={linkTo(['calls', event.callId])}>
              <span class="what">Asked {event.target ?? event.model}</span>
              <Outcome ending={event.outcome.ending} errorCode={event.outcome.errorCode} />
              <span class="number quiet">
                {countText(inputTokens(event.usage))} → {countText(outputTokens(event.usage))}
              </span>
              <span class="number">{durationText(event.totalMs)}</span>
              <span class="number">{costText(event.cost.nanoUsd)}</span>
            </a>
          </li>
        ) : (
          <li key={event.stepId} class="by-step">
            <div>
              <span class="what">
                Ran <code>{event.tool}</code>
              </span>
              <span class={`outcome ${event.outcome === 'done' ? 'fine' : 'bad'}`}>{event.outcome}</span>
              <span />
              <span class="number">{durationText(event.totalMs)}</span>
              <span />
              {event.errorMessage && <p class="message">{event.errorMessage}</p>}
            </div>
          </li>
        ),
      )}
    </ol>
  )
}
