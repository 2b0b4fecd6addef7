import { Field } from '../parts/field.tsx'
import { type BudgetDraft, type DraftProblems, mostBudgets, newBudget } from './key-draft.ts'

interface BudgetFieldsProps {
  readonly budgets: readonly BudgetDraft[]
  readonly problems: DraftProblems
  readonly change: (budgets: readonly BudgetDraft[]) => void
}

/** The budgets of a key: as many as there are windows, each hard or only warning. */
export function BudgetFields({ budgets, problems, change }: BudgetFieldsProps) {
  const put = (index: number, part: Partial<BudgetDraft>) =>
    change(budgets.map((budget, place) => (place === index ? { ...budget, ...part } : budget)))
  return (
    <fieldset class="budgets-asked">
      <legend>Budgets</legend>
      {budgets.length === 0 && <p class="hint">None of its own: what its maker's key may spend, it may.</p>}
      {budgets.map((budget, index) => (
        <fieldset class="budget-asked" key={index} aria-label={`Budget ${index + 1}`}>
          <Field label="US dollars" problem={problems[`budgets.${index}.usd`]}>
            {(ties) => (
              <input
                {...ties}
                type="text"
                inputMode="decimal"
                value={budget.usd}
                onInput={({ currentTarget }) => put(index, { usd: currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Per" problem={problems[`budgets.${index}.per`]}>
            {(ties) => (
              <select
                {...ties}
                value={budget.per}
                onChange={({ currentTarget }) => put(index, { per: currentTarget.value as BudgetDraft['per'] })}
              >
                <option value="hour">hour</option>
                <option value="day">day</option>
                <option value="month">month</option>
              </select>
            )}
          </Field>
          <Field label="Beyond it">
            {(ties) => (
              <select
                {...ties}
                value={budget.hard ? 'hard' : 'soft'}
                onChange={({ currentTarget }) => put(index, { hard: currentTarget.value === 'hard' })}
              >
                <option value="hard">refuse calls</option>
                <option value="soft">only warn</option>
              </select>
            )}
          </Field>
          <Field label="Warn at, in %" problem={problems[`budgets.${index}.warnAt`]}>
            {(ties) => (
              <input
                {...ties}
                type="text"
                value={budget.warnAt}
                onInput={({ currentTarget }) => put(index, { warnAt: currentTarget.value })}
              />
            )}
          </Field>
          <button
            type="button"
            class="plain"
            aria-label={`Take budget ${index + 1} away`}
            onClick={() => change(budgets.filter((_, place) => place !== index))}
          >
            Remove
          </button>
        </fieldset>
      ))}
      {budgets.length < mostBudgets && (
        <button type="button" onClick={() => change([...budgets, newBudget])}>
          Add a budget
        </button>
      )}
    </fieldset>
  )
}
