import type { EvalRunRow } from '../../../src/admin/api.ts'
import { shareOf, shareText } from '../text/count-text.ts'

/** The share that passed, of the cases that could be judged, drawn with how sure it is: the 95 % interval. */
export function Interval({ run: { passed, cases, unclear, interval } }: { readonly run: EvalRunRow }) {
  const share = shareOf(passed, cases - unclear)
  const [low, high] = interval
  const told = `${shareText(share)} passed, 95% interval ${shareText(low)} to ${shareText(high)}`
  return (
    <span class="interval" title={told}>
      <b>{shareText(share)}</b>
      <span class="track" role="img" aria-label={told}>
        <i class="reach" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
        <i class="dot" style={{ left: `${share * 100}%` }} />
      </span>
      <span class="quiet">
        {shareText(low)}–{shareText(high)}
      </span>
    </span>
  )
}
