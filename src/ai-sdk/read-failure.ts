import { environmentSecrets } from '../errors/environment-secrets.ts'
import {
  type ErrorCode,
  failureText,
  type InseamError,
  isInseamError,
  ProviderFailed,
  ReplyUnreadable,
  StreamInterrupted,
} from '../errors/index.ts'
import { maskCredentials } from '../errors/mask-credentials.ts'
import { decodeError, failureIn } from '../wire/openai-chat/error.ts'
import { parsedObject } from '../wire/parse-json.ts'

/** When a model of the AI SDK failed: before it answered, or in the middle of a stream. */
export type FailedWhen = 'calling' | 'streaming'

/**
 * What it means that a model of the AI SDK threw, or put an `error` into its stream. Status, headers and body of an `APICallError` are
 * read as those of a provider of our own; what is no error of the AI SDK at all is a broken connection where it says so, else the
 * provider's failure.
 */
export function readFailure(thrown: unknown, target: string, when: FailedWhen): InseamError {
  if (isInseamError(thrown)) return thrown
  if (isMarked(thrown, 'AI_APICallError')) return readCallError(thrown as CallError, target, when)
  for (const [name, code] of markedCodes) {
    if (isMarked(thrown, name)) return new ProviderFailed({ code, said: failureText(thrown), target, cause: thrown })
  }
  if (unreadable.some((name) => isMarked(thrown, name))) {
    return new ReplyUnreadable(target, `what its model cannot read (${failureText(thrown)})`, thrown)
  }
  if (!(thrown instanceof Error)) return readSaid(thrown, target)
  if (when === 'streaming') return new StreamInterrupted(target, failureText(thrown), thrown)
  const code = isConnection(thrown) ? 'connection-failed' : 'server-error'
  return new ProviderFailed({ code, said: failureText(thrown), target, cause: thrown })
}

/** The subset of the AI SDK's `APICallError` that is read. */
interface CallError extends Error {
  readonly statusCode?: number
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly responseBody?: string
}

const markedCodes: readonly (readonly [string, ErrorCode])[] = [
  ['AI_LoadAPIKeyError', 'credential-rejected'],
  ['AI_LoadSettingError', 'credential-rejected'],
  ['AI_NoSuchModelError', 'model-not-found'],
  ['AI_UnsupportedFunctionalityError', 'request-rejected'],
  ['AI_InvalidPromptError', 'request-rejected'],
  ['AI_InvalidArgumentError', 'request-rejected'],
]

const unreadable = [
  'AI_EmptyResponseBodyError',
  'AI_InvalidResponseDataError',
  'AI_JSONParseError',
  'AI_NoContentGeneratedError',
  'AI_TypeValidationError',
]

function readCallError(error: CallError, target: string, when: FailedWhen): InseamError {
  const { statusCode: status, responseHeaders = {}, responseBody, cause } = error
  if (status === undefined) {
    const said = failureText(error)
    if (when === 'streaming') return new StreamInterrupted(target, said, cause)
    return new ProviderFailed({ code: 'connection-failed', said, target, cause })
  }
  const body = responseBody || error.message
  if (status < 300 && isMarked(cause, ...unreadable)) {
    const told = errorIn(masked(body), target)
    if (told) return told
    return new ReplyUnreadable(target, `what its model cannot read (${failureText(error)})`)
  }
  // A success whose body nobody could read to its end.
  if (status < 300 && !responseBody) return new StreamInterrupted(target, failureText(error), cause)
  return decodeError({ status, headers: lowerCase(responseHeaders), body: masked(body) }, context(target))
}

/** The error that a success carries in its body, which no package of the AI SDK looks for. */
function errorIn(body: string, target: string): InseamError | undefined {
  const value = parsedObject(body)
  return value && failureIn(value, target)
}

/** What a provider says in the middle of a stream: an object of its own, or a sentence. */
function readSaid(said: unknown, target: string): InseamError {
  let body: string
  try {
    body = typeof said === 'string' ? said : (JSON.stringify(said) ?? String(said))
  } catch {
    body = failureText(said)
  }
  return decodeError({ status: 200, headers: {}, body: masked(body) }, context(target))
}

const context = (target: string) => ({ target, quirks: {} })
const masked = (text: string) => maskCredentials(text, environmentSecrets(process.env))

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The AI SDK marks its errors so that two copies of it know each other's. */
function isMarked(thrown: unknown, ...names: readonly string[]): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false
  return names.some((name) => (thrown as Record<symbol, unknown>)[Symbol.for(`vercel.ai.error.${name}`)] === true)
}

/** What the fetch of the platform throws, and what has the code of a system's error. */
function isConnection(error: Error): boolean {
  return /fetch failed|network|socket/i.test(error.message) || ('code' in error && typeof error.code === 'string')
}
