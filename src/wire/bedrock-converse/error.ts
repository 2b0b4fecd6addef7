import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { type ErrorCode, ProviderFailed } from '../../errors/index.ts'
import { codeForStatus, excerpt } from '../classify.ts'
import type { DecodeContext, ErrorResponse } from '../codec.ts'
import { parsedObject } from '../parse-json.ts'
import { adviceOverride, type ResponseHeaders, retryAfterMs, statedWaitMs } from '../pushback.ts'
import { text } from './extras.ts'

/** What the names of exceptions mean: those of the SDK's classes, and those that every service of AWS answers with. */
const codesByName: Readonly<Record<string, ErrorCode>> = {
  ValidationException: 'request-rejected',
  AccessDeniedException: 'credential-rejected',
  UnrecognizedClientException: 'credential-rejected',
  InvalidSignatureException: 'credential-rejected',
  IncompleteSignatureException: 'credential-rejected',
  MissingAuthenticationTokenException: 'credential-rejected',
  InvalidClientTokenId: 'credential-rejected',
  ExpiredTokenException: 'credential-rejected',
  ExpiredToken: 'credential-rejected',
  OptInRequired: 'credential-rejected',
  NotAuthorized: 'credential-rejected',
  ResourceNotFoundException: 'model-not-found',
  UnknownOperationException: 'request-rejected',
  ThrottlingException: 'rate-limited',
  TooManyRequestsException: 'rate-limited',
  ServiceQuotaExceededException: 'quota-exhausted',
  ModelNotReadyException: 'model-not-ready',
  ModelTimeoutException: 'provider-timed-out',
  ModelErrorException: 'server-error',
  ModelStreamErrorException: 'server-error',
  InternalServerException: 'server-error',
  InternalFailure: 'server-error',
  ServiceUnavailableException: 'overloaded',
  ServiceUnavailable: 'overloaded',
  ConflictException: 'conflict',
  RequestEntityTooLargeException: 'request-too-large',
}

/** What a failure of one code turns out to be by its message. */
const codesByMessage: readonly (readonly [ErrorCode, RegExp, ErrorCode])[] = [
  [
    'request-rejected',
    /(?:input|prompt) is too long|too many (?:input )?tokens|maximum (?:context length|number of tokens)|exceeds? (?:the )?(?:model's )?(?:maximum )?context/i,
    'context-exceeded',
  ],
  [
    'request-rejected',
    /model identifier is invalid|on-demand throughput isn.t supported|end of its life/i,
    'model-not-found',
  ],
  ['request-rejected', /operation not allowed|not authorized|unsupported countr/i, 'credential-rejected'],
  ['request-rejected', /content filtering policy|blocked by .*(?:filter|polic)/i, 'content-blocked'],
  ['model-not-found', /use case details/i, 'credential-rejected'],
  ['rate-limited', /tokens per day/i, 'quota-exhausted'],
]

/** What cures a failure that the common words do not. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [
    /on-demand throughput isn.t supported/i,
    'Name the model by an inference profile: put its region before the id, as in us.anthropic.claude-sonnet-4-6.',
  ],
  [/use case details/i, "Fill in the provider's form for the model in the Bedrock console; access follows in minutes."],
  [
    /unsupported countr/i,
    "Ask from a country that the model's maker serves, or add a target of another maker to fall back to.",
  ],
  [
    /signature expired|signature not yet current/i,
    'Set the clock of this machine: a signature holds for five minutes.',
  ],
  [
    /AccessDeniedException|not authorized/i,
    'Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream for the model to this credential, and open the model to the account.',
  ],
]

/** What an HTTP response that is no success means: its exception stands in `x-amzn-errortype`, or in the body. */
export function decodeError({ status, headers, body }: ErrorResponse, { target }: DecodeContext): ProviderFailed {
  const parsed = parsedObject(body)
  const name = exceptionName(headers['x-amzn-errortype'] ?? '') || nameIn(parsed)
  return failed(name, wordsIn(parsed) || body, target, status, headers)
}

/** The failure that a 200 carries in place of a reply; undefined where it carries none. */
export function failureIn(body: JsonObject, target: string): ProviderFailed | undefined {
  // What stands before the service itself answers so.
  const said = isJsonObject(body.Output) ? body.Output : body
  const name = nameIn(said)
  return name === '' ? undefined : failed(name, wordsIn(said) || name, target, 200, {})
}

/** The failure that an event of a stream is: `exception:throttlingException`, `error:InternalFailure`; undefined for any other event. */
export function failureOf(event: string, data: string | undefined, target: string): ProviderFailed | undefined {
  const [, name] = /^(?:exception|error):(.*)$/s.exec(event) ?? []
  if (name === undefined) return undefined
  const said = wordsIn(parsedObject(data ?? '')) || data || name || event
  return failed(name.charAt(0).toUpperCase() + name.slice(1), said, target, 200, {})
}

function failed(
  name: string,
  message: string,
  target: string,
  status: number,
  headers: ResponseHeaders,
): ProviderFailed {
  const code = classify(name, message, status)
  const fix = fixes.find(([pattern]) => pattern.test(`${name} ${message}`))?.[1]
  return new ProviderFailed({
    code,
    said: excerpt(message),
    target,
    providerStatus: status,
    requestId: headers['x-amzn-requestid'],
    ...(name !== '' && { providerType: name }),
    ...(fix !== undefined && { fix }),
    retryAfterMs: retryAfterMs(headers) ?? statedWaitMs(message),
    advice: adviceOverride(headers, code, status),
  })
}

function classify(name: string, message: string, status: number): ErrorCode {
  const known = Object.hasOwn(codesByName, name) ? codesByName[name] : undefined
  // 424: the model failed, whatever it is called.
  const code = known ?? (status === 424 ? 'server-error' : codeForStatus(status))
  return codesByMessage.find(([from, pattern]) => from === code && pattern.test(message))?.[2] ?? code
}

function nameIn(body: JsonObject | undefined): string {
  return exceptionName(text(body?.__type) || text(body?.code))
}

/** `com.amazon.coral.service#ValidationException` and `ValidationException:http://…` are `ValidationException`. */
function exceptionName(type: string): string {
  return /^(?:[^#]*#)?([^:,]*)/.exec(type)?.[1]?.trim() ?? ''
}

function wordsIn(body: JsonObject | undefined): string {
  return text(body?.message) || text(body?.Message) || text(body?.originalMessage)
}
