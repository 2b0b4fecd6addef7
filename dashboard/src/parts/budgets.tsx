import type { BudgetsView, BudgetView } from '../../../src/admin/api.ts'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { costText } from '../text/cost-text.ts'
import { counted } from '../text/count-text.ts'
import { BudgetBar } from './budget-bar.tsx'
import { Failure } from './failure.tsx'
import { Snippet } from './first-call.tsx'

const example = `budgets:\n  - { scope: global, limit: 500 USD, per: month, hard: true }`

/** Every budget in force, what of it is used the most first. */
export function Budgets() {
  const { answer, failure, reload } = useResource<BudgetsView>('api/budgets', { refreshMs: 10_000 })
  return (
    <section class="card" aria-label="Budgets">
      <h2>Budgets</h2>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer?.budgets.length === 0 && (
        <div class="column">
          <p class="quiet">No budget is in force: nothing keeps spending within bounds. Write one in inseam.yaml:</p>
          <Snippet text={example} what="the budget" />
        </div>
      )}
      {answer && answer.budgets.length > 0 && (
        <ul class="budget-list columns">
          {answer.budgets.map((budget) => (
            <li key={`${budget.id} ${budget.subject}`}>
              <BudgetBar title={budgetTitle(budget)} to={linkOf(budget)} standing={budget} note={noteOf(budget)} />
            </li>
          ))}
        </ul>
      )}
      {!answer && !failure && <div class="waiting" aria-busy="true" />}
    </section>
  )
}

/** What a budget is of, and for how long: `Feature triage-ticket, a day`. */
export function budgetTitle({ scope, subject, key, per }: BudgetView): string {
  return `${subjectText(scope, subject, key)}, ${per === 'hour' ? 'an' : 'a'} ${per}`
}

const scopeWords = { global: 'Everything', key: 'Key', feature: 'Feature', tenant: 'Tenant' } as const

function subjectText(scope: BudgetView['scope'], subject: string, key: BudgetView['key']): string {
  if (key) return `Key ${key.name}`
  if (scope === 'global') return scopeWords.global
  return subject === '*' ? `Each ${scope}` : `${scopeWords[scope]} ${subject}`
}

function linkOf({ scope, subject, key }: BudgetView): string | undefined {
  if (key) return linkTo(['keys', key.id])
  return scope === 'feature' && subject !== '*' ? linkTo(['calls'], { feature: subject }) : undefined
}

function noteOf({ presumed: { attempts, nanoUsd }, subject }: BudgetView): string | undefined {
  if (subject === '*') return 'nothing drawn yet'
  if (attempts === 0) return undefined
  return `${costText(nanoUsd)} of it at the worst case of ${counted(attempts, 'attempt')}`
}
