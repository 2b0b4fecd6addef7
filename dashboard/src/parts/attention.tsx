import type { BudgetsView, BudgetView, OpenBreakerView } from '../../../src/admin/api.ts'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { costText } from '../text/cost-text.ts'
import { shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'
import { timeText } from '../text/time-text.ts'
import { budgetTitle } from './budgets.tsx'

interface Matter {
  readonly what: string
  readonly fix: string
  readonly to: string
  readonly linkText: string
  readonly isBad: boolean
}

/** What somebody should look at: breakers that are open and budgets near their limit, each with what to do. */
export function Attention() {
  const { state } = useSession()
  const { answer } = useResource<BudgetsView>('api/budgets', { refreshMs: 10_000 })
  const matters = [
    ...(state.openBreakers ?? []).map(breakerMatter),
    ...(answer?.budgets ?? []).filter(({ usedShare, warnAt }) => usedShare >= warnAt).map(budgetMatter),
  ]
  return (
    <ul class="notices" aria-label="What needs attention">
      {matters.map(({ what, fix, to, linkText, isBad }) => (
        <li key={what.replace(/ in .*/, '')} class={isBad ? 'notice bad' : 'notice warn'}>
          <b>{what}</b> {fix} <a href={to}>{linkText}</a>
        </li>
      ))}
    </ul>
  )
}

const openedWords = {
  failing: 'does not answer and is not asked',
  ejected: 'fails often and is asked only where nothing else is left',
  quota: 'has no quota left and is not asked',
} as const

function breakerMatter({ target, opened, because, retryInMs }: OpenBreakerView): Matter {
  const reason = because === undefined ? '' : `, after ${because}`
  return {
    what: `${target} ${openedWords[opened]}${reason}: the next probe is ${retryInMs > 0 ? `in ${durationText(retryInMs)}` : 'due'}.`,
    fix:
      opened === 'quota'
        ? 'Raise the quota at the provider, or let its alias fall back to another target.'
        : 'It closes with the first probe that succeeds; give its alias a target to fall back to.',
    to: linkTo(['calls'], { model: target, status: 'error' }),
    linkText: 'Its failures',
    isBad: opened === 'failing',
  }
}

function budgetMatter(budget: BudgetView): Matter {
  const { usedShare, limitNanoUsd, hard, endsAt } = budget
  const isUp = usedShare >= 1
  const then = hard ? 'Calls that could overspend it are refused with 402' : 'It only warns'
  return {
    what: `${budgetTitle(budget)}: ${shareText(usedShare)} of ${costText(limitNanoUsd)} is used.`,
    fix: `${then} until it begins anew at ${timeText(endsAt)}. Raise its limit, or spend less.`,
    to: linkTo(['money']),
    linkText: 'Budgets',
    isBad: isUp && hard,
  }
}
