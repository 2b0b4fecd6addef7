import type { Admin } from '../admin/index.ts'
import type { ModelListing } from '../index.ts'
import type { FoundConfig } from './find-config.ts'
import { ownName } from './own-name.ts'

/** Prints a line for people, where it does not mix with what programs read. */
export function say(line: string): void {
  console.error(line)
}

/** What the welcome tells about. */
export interface WelcomeFacts {
  readonly url: string
  readonly found: Pick<FoundConfig, 'config' | 'origin' | 'isSimulated'>
  readonly models: readonly ModelListing[]
  /** Features that are served as models, as they are named there. Default: none. */
  readonly features?: readonly string[]
  /** Absent where there is none. */
  readonly page?: Pick<Admin, 'link' | 'takenPort'>
}

/** What `inseam up` prints: where it listens, who answers, and what to try. */
export function welcome({ url, found, models, features = [], page }: WelcomeFacts): string {
  const aliases = models.filter(({ ownedBy }) => ownedBy === 'inseam')
  const model = aliases[0]?.id ?? models[0]?.id ?? 'provider/model'
  const keys = found.config.gateway.keys.map(({ name }) => name)
  const needsKey = keys.length > 0
  const apiKey = needsKey ? 'process.env.GATEWAY_KEY' : "'none'"
  const explain = explainCommand(found)
  const width = Math.max(...aliases.map(({ id }) => id.length), 0)
  return [
    '',
    `  Inseam is up at ${url}`,
    `  Answers come from ${found.origin}.`,
    ...(page ? pageLines(page) : []),
    ...(found.isSimulated ? simulated : []),
    ...(found.config.providers.length === 0 ? nobody : []),
    '',
    ...aliases.map(({ id, targets }) => `    ${id.padEnd(width)}  ${targets.join(', then ')}`),
    ...featureLines(features),
    '',
    needsKey ? `  Try it with a key of the gateway (${keys.join(', ')}) in GATEWAY_KEY:` : '  Try it:',
    '',
    `    curl ${url}/v1/chat/completions -H 'content-type: application/json' \\`,
    ...(needsKey ? ['      -H "authorization: Bearer $GATEWAY_KEY" \\'] : []),
    `      -d '{"model": "${model}", "messages": [{"role": "user", "content": "Say hello."}]}'`,
    '',
    '  From your code, change one line:',
    '',
    `    new OpenAI({ baseURL: '${url}/v1', apiKey: ${apiKey} })       // model: '${model}'`,
    `    new Anthropic({ baseURL: '${url}', apiKey: ${apiKey} })       // model: '${model}'`,
    `    new GoogleGenAI({ httpOptions: { baseUrl: '${url}' }, apiKey: ${apiKey} })`,
    '',
    ...(explain === undefined ? [] : [`  What happened to a call:  ${explain}`]),
    '  Stop with Ctrl-C.',
    '',
  ].join('\n')
}

/** A longer list is not read. */
const mostFeatures = 10

function featureLines(features: readonly string[]): string[] {
  const shown = features.slice(0, mostFeatures).map((name) => `    ${name}`)
  const more = features.length - mostFeatures
  return more > 0 ? [...shown, `    and ${more} more features: GET /v1/models`] : shown
}

function pageLines({ link, takenPort }: NonNullable<WelcomeFacts['page']>): string[] {
  const needsToken = !link.includes('#token=')
  return [
    `  The page: ${link}`,
    ...(needsToken ? ['  It asks for the token that `admin.token` says.'] : []),
    ...(takenPort === undefined ? [] : [`  (Something else listens on port ${takenPort}.)`]),
  ]
}

const simulated = [
  '  THESE ANSWERS ARE SIMULATED: no model is asked and nothing is billed. For real ones set',
  '  ANTHROPIC_API_KEY or OPENAI_API_KEY, start a local model server, or write inseam.yaml.',
]

const nobody = ['  NO PROVIDER IS CONFIGURED: every call fails until that file names one under `providers:`.']

/** How to ask for the story of the newest call; `undefined` where no record is kept. */
function explainCommand({ config, origin }: WelcomeFacts['found']): string | undefined {
  if (config.events.store !== 'sqlite') return undefined
  // Other commands look where inseam.yaml in their folder says, and know of no other file.
  const named = origin === 'inseam.yaml' || config.events.path === '.inseam/events.db'
  return `${ownName} explain last${named ? '' : ` --db ${config.events.path}`}`
}
