import { type AttemptEvent, targetName } from '../../../src/core/event.ts'
import { durationText } from '../text/duration-text.ts'
import { Outcome } from './outcome.tsx'
import { Scroll } from './scroll.tsx'

/** The attempts of a call in figures: what the time line draws. */
export function AttemptTable({ attempts }: { readonly attempts: readonly AttemptEvent[] }) {
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
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.attemptId}>
              <th scope="row" title={attempt.requestId && `The provider's request ${attempt.requestId}`}>
                {attempt.ordinal}. {targetName(attempt)}
              </th>
              <td title={attempt.outcome.errorMessage}>
                <Outcome ending={attempt.outcome.ending} errorCode={attempt.outcome.errorCode} />
              </td>
              <td class="number">{attempt.status ?? '–'}</td>
              <td class="number">{durationText(attempt.connectMs)}</td>
              <td class="number">{durationText(attempt.headersMs)}</td>
              <td class="number">{durationText(attempt.firstTokenMs)}</td>
              <td class="number">{durationText(attempt.totalMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
