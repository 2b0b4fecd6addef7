import { type Command, InvalidArgumentError } from 'commander'
import { loadConfig } from '../config.ts'
import { accountOf, type Budget } from '../core/budget.ts'
import { formatUsd } from '../core/cost.ts'
import { counted } from '../core/figures.ts'
import { InseamError } from '../errors/index.ts'
import { openLedger } from '../stores/open-ledger.ts'
import { tableText } from '../telemetry/index.ts'

type OpenLedger = Awaited<ReturnType<typeof openLedger>>
type CurrentAccount = Awaited<ReturnType<OpenLedger['current']>>[number]

/** `inseam budgets`: how budgets stand, and what of them is not known for sure. */
export function budgetsCommand(program: Command): void {
  const budgets = program
    .command('budgets')
    .description('Show how budgets stand, and correct what of them is not known for sure.')
    .addHelpText('after', examples)
  const command = (name: string, description: string) =>
    budgets
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'the configuration file, which says where budgets are kept (default: inseam.yaml)')
  command('list', 'Show what is spent and held of each budget in its present window.')
    .option('--json', 'print it as JSON, in nano-dollars')
    .action(list)
  command('unknown', 'Show what counts at its worst case because nobody said what it came to.')
    .option('--json', 'print it as JSON, in nano-dollars')
    .action(unknown)
  command('correct', 'Book what an attempt came to instead of its worst case.')
    .argument('<attempt>', 'its id, as `inseam budgets unknown` shows it')
    .argument('<cost>', "what the provider's bill has for it, in USD: 0.0123", parseUsd)
    .action(correct)
}

const examples = `
Examples:
  inseam budgets list
  inseam budgets unknown
  inseam budgets correct attempt_01k8tc9p5eq3v7m0d2ab4n61 0.0123
`

interface Common {
  readonly config?: string
  readonly json?: boolean
}

async function list({ config: path, json }: Common): Promise<void> {
  const { state, budgets } = await loadConfig({ path })
  await using ledger = await openLedger(state)
  const drawn = await ledger.current()
  const accounts = [...drawn, ...untouched(budgets, drawn)]
  if (json) return printJson(accounts.map((account) => ({ ...account, limit: limitOf(account, budgets) })))
  const presumed = await ledger.presumed()
  print(accounts.length === 0 ? 'There is no budget.\n' : table(accounts, budgets))
  if (presumed.length > 0) print(`\n${whatIsUnknown(presumed)} See inseam budgets unknown.\n`)
}

async function unknown({ config: path, json }: Common): Promise<void> {
  const { state } = await loadConfig({ path })
  await using ledger = await openLedger(state)
  const presumed = await ledger.presumed()
  if (json) return printJson(presumed)
  if (presumed.length === 0) return print('All that was spent is known.\n')
  const columns = ['ATTEMPT', 'CALL', 'AT MOST', 'MADE', 'COUNTS IN'].map((title) => ({ title }))
  const lines = presumed.map(({ id, callId = 'a lease', nanoUsd, madeAt, accounts }) => [
    id,
    callId,
    formatUsd(nanoUsd),
    new Date(madeAt).toISOString(),
    accounts.map((account) => account.slice(0, account.lastIndexOf('|')).replace(/\|$/, '')).join(', '),
  ])
  print(
    `${tableText(columns, lines)}\n${whatIsUnknown(presumed)} Told the truth by inseam budgets correct, budgets count that.\n`,
  )
}

async function correct(attempt: string, nanoUsd: number, { config: path }: Common): Promise<void> {
  const { state } = await loadConfig({ path })
  await using ledger = await openLedger(state)
  const corrected = await ledger.reconcile(({ id }) => (id === attempt ? nanoUsd : undefined))
  if (corrected === 0)
    throw new InseamError('invalid-request', `Nothing is unknown of an attempt "${attempt}".`, {
      fix: 'Name one that `inseam budgets unknown` shows.',
    })
  print(`The attempt ${attempt} is booked at ${formatUsd(nanoUsd)}.\n`)
}

/** Budgets with one subject on which nothing was drawn yet in this window. */
function untouched(budgets: readonly Budget[], drawn: readonly CurrentAccount[]): readonly CurrentAccount[] {
  return budgets
    .filter(({ id, name }) => name !== '*' && !drawn.some(({ budgetId }) => budgetId === id))
    .map((budget) => {
      const { subject, startsAt, endsAt } = accountOf(budget, budget.name ?? '', Date.now())
      return { budgetId: budget.id, subject, startsAt, endsAt, settled: 0, reserved: 0 }
    })
}

/** Nothing for a budget that a key brings of its own: `inseam keys show` has it. */
function limitOf({ budgetId }: CurrentAccount, budgets: readonly Budget[]): number | undefined {
  return budgets.find(({ id }) => id === budgetId)?.limitNanoUsd
}

function table(accounts: readonly CurrentAccount[], budgets: readonly Budget[]): string {
  const columns = ['BUDGET', 'OF', 'SPENT', 'HELD', 'LIMIT', 'LEFT', 'BEGINS ANEW'].map((title) => ({ title }))
  const lines = accounts.map((account) => {
    const { budgetId, subject, settled, reserved, endsAt } = account
    const limit = limitOf(account, budgets)
    const left = limit === undefined ? '' : formatUsd(Math.max(0, limit - settled - reserved))
    const amounts = [formatUsd(settled), formatUsd(reserved), limit === undefined ? '' : formatUsd(limit), left]
    return [budgetId, subject === '' ? 'everything' : subject, ...amounts, new Date(endsAt).toISOString()]
  })
  return `${tableText(columns, lines)}`
}

function whatIsUnknown(presumed: Awaited<ReturnType<OpenLedger['presumed']>>): string {
  const most = presumed.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)
  return `What ${counted(presumed.length, 'attempt')} came to is not known: counted at the worst case, ${formatUsd(most)}.`
}

/** Exact: no floating point stands between what was written and what is counted. */
function parseUsd(text: string): number {
  const [, whole, fraction = ''] = /^(\d{1,6})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? []
  if (whole === undefined)
    throw new InvalidArgumentError('Write US dollars, with at most nine digits after the point: 0.0123.')
  return Number(whole + fraction.padEnd(9, '0'))
}

const print = (text: string): void => void process.stdout.write(text)
const printJson = (value: unknown): void => print(`${JSON.stringify(value, undefined, 2)}\n`)
