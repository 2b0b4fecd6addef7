import type { AttemptEvent, CallEvent } from '../../../src/core/event.ts'
import { type Usage, type UsagePart, usageParts } from '../../../src/core/usage.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { exactCountText } from '../text/count-text.ts'
import { Scroll } from './scroll.tsx'

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
export function UsageTable({
  call,
  attempts,
}: {
  readonly call: CallEvent
  readonly attempts: readonly AttemptEvent[]
}) {
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
