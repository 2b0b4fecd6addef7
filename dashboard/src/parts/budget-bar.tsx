import { costText, exactCostText } from '../text/cost-text.ts'
import { shareOf, shareText } from '../text/count-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

/** How a budget stands in its window. */
export interface BudgetStandingShown {
  readonly hard: boolean
  readonly limitNanoUsd: number
  readonly settledNanoUsd: number
  readonly reservedNanoUsd: number
  readonly endsAt: number
}

interface BudgetBarProps {
  readonly title: string
  /** Where the title leads. */
  readonly to?: string | undefined
  readonly standing: BudgetStandingShown
  /** What more there is to say, after the rest. */
  readonly note?: string | undefined
}

/** A budget as a bar, spent and held, with its figures. */
export function BudgetBar({ title, to, standing, note }: BudgetBarProps) {
  const { hard, limitNanoUsd, settledNanoUsd, reservedNanoUsd, endsAt } = standing
  const used = settledNanoUsd + reservedNanoUsd
  // A limit of nothing is used up.
  const share = limitNanoUsd === 0 ? 1 : shareOf(used, limitNanoUsd)
  const tone = share >= 1 ? 'over' : share >= 0.8 ? 'near' : ''
  const percent = (part: number) => `${Math.min(100, shareOf(part, Math.max(limitNanoUsd, used)) * 100)}%`
  return (
    <div class={`budget ${tone}`}>
      <p class="budget-head">
        <b>{to === undefined ? title : <a href={to}>{title}</a>}</b>
        <span
          class={hard ? 'tag' : 'tag soft'}
          title={hard ? 'Calls that could overspend it are refused' : 'It only warns'}
        >
          {hard ? 'hard' : 'soft'}
        </span>
        <span class="amounts">
          <span class="number">
            <span title={exactCostText(used)}>{costText(used)}</span>{' '}
            <span class="quiet">of {costText(limitNanoUsd)}</span>
          </span>
          <b class="number share">{shareText(share)}</b>
        </span>
      </p>
      <div class="budget-track" role="img" aria-label={`${shareText(share)} used`}>
        <i class="settled" style={{ width: percent(settledNanoUsd) }} />
        <i class="reserved" style={{ width: percent(reservedNanoUsd) }} />
      </div>
      <p class="quiet budget-foot">
        <span title={exactCostText(settledNanoUsd)}>{costText(settledNanoUsd)} spent</span>
        {reservedNanoUsd > 0 && (
          <span title={exactCostText(reservedNanoUsd)}>{costText(reservedNanoUsd)} held by calls under way</span>
        )}
        {note && <span>{note}</span>}
        <time title={fullTimeText(endsAt)}>begins anew {timeText(endsAt)}</time>
      </p>
    </div>
  )
}
