import type { OverviewView } from '../../../src/admin/api.ts'
import { costText } from '../text/cost-text.ts'
import { counted, countText, shareOf, shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { Chart } from './chart.tsx'

/** How a span went, as six courses over the same time. */
export function Charts({ overview }: { readonly overview: OverviewView }) {
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
        isWhole
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
        isWhole
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
        nothing={totals.calls > 0 ? 'No call failed' : undefined}
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
