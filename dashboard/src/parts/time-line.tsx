import { type AttemptEvent, type CallEvent, targetName } from '../../../src/core/event.ts'
import type { Moment } from '../../../src/core/moment.ts'
import { durationText } from '../text/duration-text.ts'

interface Segment {
  readonly kind: 'connect' | 'headers' | 'first' | 'content' | 'wait'
  readonly from: number
  readonly to: number
}

interface Lane {
  readonly key: string
  readonly name: string
  readonly note: string
  readonly segments: readonly Segment[]
  readonly isFailure: boolean
}

const kinds = {
  connect: 'Connecting',
  headers: 'Waiting for headers',
  first: 'Waiting for content',
  content: 'Content arriving',
  wait: 'Waiting to try again',
} as const

/** The attempts of a call and the waits between them, each where it stands in the call's time. */
export function TimeLine({ call, attempts }: { readonly call: CallEvent; readonly attempts: readonly AttemptEvent[] }) {
  const lanes = [...attempts.map((attempt) => attemptLane(call, attempt)), ...call.moments.flatMap(waitLane)].sort(
    (left, right) => (left.segments[0]?.from ?? 0) - (right.segments[0]?.from ?? 0),
  )
  const endMs = Math.max(call.totalMs, ...lanes.flatMap(({ segments }) => segments.map(({ to }) => to)), 0.001)
  const used = new Set(lanes.flatMap(({ segments }) => segments.map(({ kind }) => kind)))
  return (
    <div class="time-line">
      <ol>
        {lanes.map(({ key, name, note, segments, isFailure }) => (
          <li key={key} class={isFailure ? 'failed' : segments[0]?.kind}>
            <span class="lane-name">{name}</span>
            <span class="lane" aria-hidden="true">
              {segments.map(({ kind, from, to }) => (
                <i
                  key={kind}
                  class={kind}
                  title={`${kinds[kind]}: ${durationText(to - from)}`}
                  style={{ left: `${(from / endMs) * 100}%`, width: `${((to - from) / endMs) * 100}%` }}
                />
              ))}
            </span>
            <span class="lane-note number">{note}</span>
          </li>
        ))}
      </ol>
      <p class="scale" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{share === 0 ? '0' : durationText(endMs * share)}</span>
        ))}
      </p>
      <ul class="legend" aria-hidden="true">
        {Object.entries(kinds).map(
          ([kind, words]) =>
            used.has(kind as Segment['kind']) && (
              <li key={kind}>
                <span class={`swatch ${kind}`} />
                {words}
              </li>
            ),
        )}
      </ul>
    </div>
  )
}

function attemptLane(call: CallEvent, attempt: AttemptEvent): Lane {
  const { ordinal, connectMs, headersMs, firstTokenMs, totalMs, outcome } = attempt
  const start = call.moments.find((moment) => moment.type === 'attempt-started' && moment.attempt === ordinal)
  const from = Math.max(0, start?.atMs ?? attempt.startedAt - call.startedAt)
  const stretches = [
    ['connect', connectMs],
    ['headers', headersMs],
    ['first', firstTokenMs],
  ] as const
  const segments: Segment[] = []
  let reached = 0
  for (const [kind, ms] of stretches) {
    if (ms === undefined || ms < reached) continue
    segments.push({ kind, from: from + reached, to: from + ms })
    reached = ms
  }
  const last = firstTokenMs !== undefined ? 'content' : headersMs !== undefined ? 'first' : 'headers'
  segments.push({ kind: last, from: from + reached, to: from + Math.max(totalMs, reached) })
  return {
    key: attempt.attemptId,
    name: `${ordinal}. ${targetName(attempt)}`,
    note: durationText(totalMs),
    segments,
    isFailure: outcome.ending === 'error',
  }
}

function waitLane(moment: Moment, index: number): Lane[] {
  if (moment.type !== 'waited') return []
  const segment = { kind: 'wait', from: moment.atMs, to: moment.atMs + moment.ms } as const
  return [
    {
      key: `wait-${index}`,
      name: `wait after ${moment.because}`,
      note: durationText(moment.ms),
      segments: [segment],
      isFailure: false,
    },
  ]
}
