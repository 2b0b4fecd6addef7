import type { Command } from 'commander'
import type { ModelCapabilities, ModelListing } from '../index.ts'
import { createMemoryEventSink } from '../stores/memory/index.ts'
import { tableText } from '../telemetry/index.ts'
import { withSeam } from './with-seam.ts'

/** `inseam models`: what may be named as a model, where it leads, what it costs and what it can do. */
export function modelsCommand(program: Command): void {
  program
    .command('models')
    .description('List aliases and models: where they lead, what they cost, their limits and what they can do.')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--json', 'print them as JSON')
    .action(listModels)
}

interface ModelsOptions {
  readonly config?: string
  readonly simulate?: boolean
  readonly json?: boolean
}

async function listModels({ json = false, ...options }: ModelsOptions): Promise<void> {
  await withSeam({ ...options, events: createMemoryEventSink({ capacity: 0 }) }, async (seam, { origin }) => {
    const models = seam.models()
    if (json) {
      console.log(JSON.stringify(models, undefined, 2))
      return
    }
    process.stdout.write(tableText(columns, models.flatMap(rowsOf)))
    console.log(`\nPrices in USD per million tokens; "?" is not known. From ${origin}.`)
  })
}

const columns = [
  { title: 'model' },
  { title: 'leads to' },
  { title: 'input $', align: 'right' },
  { title: 'output $', align: 'right' },
  { title: 'context', align: 'right' },
  { title: 'output', align: 'right' },
  { title: 'can' },
] as const

/** One row a target; what all of them can do stands in the first. */
function rowsOf({ id, targets, prices, capabilities }: ModelListing): string[][] {
  const { contextTokens, maxOutputTokens } = capabilities
  return targets.map((target, index) => {
    const price = prices.find((known) => known.target === target)
    const shown = [target === id ? '' : target, usd(price?.input), usd(price?.output)]
    if (index > 0) return ['', ...shown, '', '', '']
    return [id, ...shown, tokens(contextTokens), tokens(maxOutputTokens), abilities(capabilities)]
  })
}

const usd = (price: number | undefined): string => (price === undefined ? '?' : String(price))
const tokens = (count: number | undefined): string => (count === undefined ? '?' : count.toLocaleString('en-US'))

const words = {
  imageInput: 'images',
  pdfInput: 'PDFs',
  audioInput: 'sound',
  tools: 'tools',
  parallelTools: 'parallel tools',
  structuredOutput: 'JSON of a schema',
  thinking: 'thinking',
  sampling: 'sampling',
  promptCaching: 'prompt caching',
} as const satisfies Partial<Record<keyof ModelCapabilities, string>>

function abilities(capabilities: ModelCapabilities): string {
  const { embeds, embeddingDimensions, efforts = [] } = capabilities
  if (embeds) return embeddingDimensions === undefined ? 'vectors' : `vectors of ${embeddingDimensions}`
  const can = Object.entries(words).filter(([name]) => capabilities[name as keyof typeof words] === true)
  const effort = efforts.length > 0 ? [`effort ${efforts.join('/')}`] : []
  return [...can.map(([, word]) => word), ...effort].join(', ') || '?'
}
