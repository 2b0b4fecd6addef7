import { type Command, InvalidArgumentError, Option } from 'commander'
import { priceLists } from '../../models/index.ts'
import { databaseOption } from '../events.ts'
import { checkPrices } from './check-prices.ts'
import { importList } from './import-list.ts'
import { listPrices, showPrices } from './list-prices.ts'
import { reprice } from './reprice.ts'

const configOption = ['-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)'] as const

/** `inseam prices`: what models cost and who says so, other lists read, stored costs compared and put right. */
export function pricesCommand(program: Command): void {
  const prices = program
    .command('prices')
    .description('Look at prices, import them, compare them with traffic, price it anew.')
  prices
    .command('list')
    .description('List what models cost: your own prices, and those of the book.')
    .option(...configOption)
    .option('--json', 'print them as JSON')
    .action(listPrices)
  prices
    .command('show')
    .description('Show all that is known of the price of one model: periods, tiers, source and date.')
    .argument('<model>', 'provider/model, or a model')
    .option(...configOption)
    .option('--json', 'print it as JSON')
    .action(showPrices)
  prices
    .command('import')
    .description("Read LiteLLM's model_prices_and_context_window.json or models.dev's api.json into a price file.")
    .argument('<file>', 'the list')
    .addOption(new Option('--from <list>', 'whose list it is (default: what it looks like)').choices([...priceLists]))
    .option('--only <names>', 'only these, such as "anthropic/*"')
    .option('--out <file>', 'where to write the price file (default: standard output)')
    .option('--json', 'print what was taken and what was not as JSON')
    .action(importList)
  prices
    .command('check')
    .description('Compare the prices of today with stored traffic. Exit code 1 where something is unpriced.')
    .option('--since <time>', 'how far back: 12h, 30d', parseSince, parseSince('30d'))
    .option('--older-than <time>', 'name own prices that nobody has checked for so long', parseSince, parseSince('90d'))
    .option('--json', 'print the findings as JSON')
    .option(...configOption)
    .option(...databaseOption)
    .action(checkPrices)
  prices
    .command('reprice')
    .description('Price stored attempts by the book of today; what stood there before is kept in v_cost_corrections.')
    .requiredOption('--since <time>', 'how far back: 12h, 30d', parseSince)
    .option('--model <model>', 'only provider/model, or a model')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'print the result as JSON')
    .option(...configOption)
    .option(...databaseOption)
    .action(reprice)
}

/** A length of time in milliseconds. */
function parseSince(text: string): number {
  const [, digits, unit] = /^(\d{1,6})(h|d)$/.exec(text) ?? []
  if (!digits || Number(digits) === 0) throw new InvalidArgumentError('Write hours or days: 12h, 30d.')
  return Number(digits) * (unit === 'h' ? 3_600_000 : 86_400_000)
}
