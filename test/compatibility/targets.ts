import { type AliasConfig, defaultConfig } from '../../src/config.ts'
import type { Dialect } from '../../src/core/dialect.ts'
import { isJsonObject, type JsonValue } from '../../src/core/json.ts'
import { alias } from '../stand.ts'

/** A dialect that is spoken to the provider: the simulator's provider of it, and what that dialect does or lacks by its nature. */
export interface Target {
  readonly dialect: Dialect
  readonly provider: string
  /** Whether an answer has a place for what the model thought. */
  readonly showsThinking: boolean
  /** Whether an answer has a place for the words of a refusal. */
  readonly refusesInWords: boolean
  /** Whether prompts are cached only up to where the request marks them. */
  readonly cachesByMarks: boolean
}

const nature: Readonly<Record<Dialect, Pick<Target, 'showsThinking' | 'refusesInWords' | 'cachesByMarks'>>> = {
  'openai-chat': { showsThinking: false, refusesInWords: true, cachesByMarks: false },
  'openai-responses': { showsThinking: true, refusesInWords: true, cachesByMarks: false },
  'anthropic-messages': { showsThinking: true, refusesInWords: true, cachesByMarks: true },
  gemini: { showsThinking: true, refusesInWords: false, cachesByMarks: false },
  'bedrock-converse': { showsThinking: true, refusesInWords: false, cachesByMarks: true },
}

/** Every dialect that the simulator serves, in the order of its providers. */
export const targets: readonly Target[] = defaultConfig({}, { simulatorUrl: 'http://127.0.0.1' }).providers.map(
  ({ name, dialect }) => ({ provider: name, dialect, ...nature[dialect] }),
)

/** The ways in which a target behaves, by what stands after its model's name. */
const behaviours = {
  well: '',
  'bad-request': '+bad-request@1000000',
  'rate-limited': '+rate-limited-bare@1000000',
  overloaded: '+overloaded@1000000',
  'breaks-off': '+error-event-mid@1000000',
  stalls: '+stall@1000000',
} as const
export type Behaviour = keyof typeof behaviours

/** What begins the name of a model for which Google's own clients send all that Gemini 3 takes; for any other they send less. */
export const asGemini3 = 'gemini-3-'

/** The model that a client names for a target that behaves so. */
export function modelOf({ dialect }: Pick<Target, 'dialect'>, behaviour: Behaviour = 'well'): string {
  return behaviour === 'well' ? dialect : `${dialect}.${behaviour}`
}

/** An alias for each target and behaviour. */
export const aliases: readonly AliasConfig[] = targets.flatMap((target) =>
  Object.entries(behaviours).flatMap(([behaviour, written]) =>
    ['', asGemini3].map((prefix) =>
      alias(`${prefix}${modelOf(target, behaviour as Behaviour)}`, [`${target.provider}/sim-small${written}`]),
    ),
  ),
)

/** The bytes of the pictures in a request, in base64, wherever a dialect has pictures. Text that only looks like one is none. */
export function picturesIn(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(picturesIn)
  if (value === undefined || !isJsonObject(value as JsonValue)) return []
  const own = pictureOf(value as Record<string, JsonValue>)
  return own === undefined ? Object.values(value as Record<string, JsonValue>).flatMap(picturesIn) : [own]
}

function pictureOf(value: Readonly<Record<string, JsonValue>>): string | undefined {
  const field = (name: string, inner: string): string | undefined => {
    const object = value[name]
    const found = object !== undefined && isJsonObject(object) ? object[inner] : undefined
    return typeof found === 'string' ? found : undefined
  }
  const bytes = (url: string | undefined) => url?.slice(url.indexOf(',') + 1)
  if (value.type === 'image_url') return bytes(field('image_url', 'url'))
  if (value.type === 'input_image') return bytes(typeof value.image_url === 'string' ? value.image_url : undefined)
  if (value.type === 'image') return field('source', 'data')
  if (value.inlineData !== undefined) return field('inlineData', 'data')
  const converse = value.image
  return converse !== undefined && isJsonObject(converse) ? pictureOfConverse(converse.source) : undefined
}

function pictureOfConverse(source: JsonValue | undefined): string | undefined {
  const bytes = source !== undefined && isJsonObject(source) ? source.bytes : undefined
  return typeof bytes === 'string' ? bytes : undefined
}
