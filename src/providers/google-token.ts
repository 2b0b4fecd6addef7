import { InseamError, isInseamError } from '../errors/index.ts'
import { loadPeer } from '../errors/load-peer.ts'
import { unlessAborted } from '../stages/interruptible.ts'
import type { Authorize } from './authorize.ts'
import { googleFailure } from './google-failure.ts'

/** Whose token is made. */
export interface GoogleTokenOptions {
  /** The provider's name in the configuration. */
  readonly provider: string
  /** The JSON of a service account's key. Default: the application default credentials. */
  readonly credentials?: string | undefined
}

/** What is used of `google-auth-library`. */
interface TokenSource {
  getAccessToken(): Promise<{ readonly token?: string | null }>
}

/** Asked where a service account names no other. */
const usualTokenUri = 'https://oauth2.googleapis.com/token'
const scopes = 'https://www.googleapis.com/auth/cloud-platform'
/** What may stand in a header, and is no longer than one may be. */
const tokenShape = /^[\x20-\x7e]{1,8192}$/
/** A token endpoint that says nothing must not hold up later calls, too. */
const timeoutMs = 20_000

/**
 * Shows Google an access token, made by `google-auth-library`, which is loaded with the first call: kept until five minutes
 * before it expires, and made once however many calls wait for it. Throws `credential-rejected` where Google refuses the
 * credential or there is none, and `package-missing`; no error of it quotes or carries the credential.
 */
export function googleToken({ provider, credentials }: GoogleTokenOptions): Authorize {
  let source: Promise<TokenSource> | undefined
  let pending: Promise<string> | undefined

  const makeToken = async (): Promise<string> => {
    try {
      source ??= openSource(credentials)
      const { token } = await (await source).getAccessToken()
      if (typeof token === 'string' && tokenShape.test(token)) return token
    } catch (thrown) {
      source = undefined
      throw isInseamError(thrown) ? thrown : googleFailure(provider, thrown)
    }
    throw new InseamError('credential-rejected', `${provider}: Google gave no access token for its credential.`, {
      fix: 'Check that it is the key of a service account that may use Vertex AI.',
    })
  }

  return async function authorize(_request, signal) {
    pending ??= makeToken().finally(() => {
      pending = undefined
    })
    return { authorization: `Bearer ${await unlessAborted(pending, signal)}` }
  }
}

async function openSource(credentials: string | undefined): Promise<TokenSource> {
  const { GoogleAuth, JWT } = await loadPeer(
    'google-auth-library',
    'A token of Google',
    () => import('google-auth-library'),
  )
  if (credentials === undefined) {
    return new GoogleAuth({ scopes, clientOptions: { transporterOptions: { timeout: timeoutMs } } }).getClient()
  }
  const account: Readonly<Record<string, string>> = JSON.parse(credentials)
  const { client_email: email, private_key: key, private_key_id: keyId, token_uri: tokenUri = usualTokenUri } = account
  return new JWT({
    email,
    key,
    keyId,
    scopes,
    additionalClaims: { aud: tokenUri },
    transporterOptions: {
      timeout: timeoutMs,
      // What was signed is good for a token wherever it is shown.
      redirect: 'error',
      // The library asks the usual endpoint, whatever the account says.
      adapter: (request, send) => send({ ...request, url: new URL(tokenUri) }),
    },
  })
}
