import { type ErrorCode, ProviderFailed } from '../errors/index.ts'
import { excerpt } from '../wire/classify.ts'

/**
 * Why Google gave no access token. What the library threw holds the request that it sent, signed, and so is no cause of the error;
 * nor are its words quoted where they could quote the credential.
 */
export function googleFailure(provider: string, thrown: unknown): ProviderFailed {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const status = statusOf(error)
  const network = networkCode(error)
  const code = codeOf(status, network)
  return new ProviderFailed({
    code,
    said: `no access token from Google: ${network ?? wordsOf(error)}`,
    target: provider,
    ...(status !== undefined && { providerStatus: status }),
    ...(code === 'credential-rejected' && {
      fix: 'Check the credentials of this provider; without any, set GOOGLE_APPLICATION_CREDENTIALS or run `gcloud auth application-default login`.',
    }),
  })
}

function codeOf(status: number | undefined, network: string | undefined): ErrorCode {
  if (network !== undefined) return 'connection-failed'
  if (status === 429) return 'rate-limited'
  return status !== undefined && status >= 500 ? 'server-error' : 'credential-rejected'
}

function statusOf(error: Error): number | undefined {
  const response: unknown = 'response' in error ? error.response : undefined
  const status = typeof response === 'object' && response !== null && 'status' in response ? response.status : undefined
  return typeof status === 'number' ? status : undefined
}

/** The code of a failed connection, which may be that of a cause. */
function networkCode(error: Error): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = 'code' in at ? at.code : undefined
    if (typeof code === 'string' && networkCodes.test(code)) return code
    if (at.name === 'TimeoutError') return 'ETIMEDOUT'
  }
  return undefined
}

const networkCodes = /^(?:E(?:CONN|HOST|NET|AI_|TIMEDOUT|NOTFOUND|PIPE)\w*|UND_ERR_\w+|TimeoutError)$/

/** Parsers and ciphers quote what they could not read. */
function wordsOf({ message }: Error): string {
  if (/json/i.test(message)) return 'the credential file is no JSON'
  if (/DECODER|PEM|asymmetric|routines/i.test(message)) return 'the private key cannot be read'
  return excerpt(message, 300)
}
