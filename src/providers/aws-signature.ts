import type { SignatureV4 } from '@smithy/signature-v4'
import { isInseamError, ProviderFailed } from '../errors/index.ts'
import { loadPeer } from '../errors/load-peer.ts'
import { unlessAborted } from '../stages/interruptible.ts'
import { excerpt } from '../wire/classify.ts'
import type { Authorize, OutgoingRequest } from './authorize.ts'

/** An access key of AWS. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Who signs, and for where. */
export interface AwsSignatureOptions {
  /** The provider's name in the configuration. */
  readonly provider: string
  readonly region: string
  /** Default: whatever AWS's own chain of credentials finds (a profile, single sign-on, the role of a machine or container). */
  readonly keys?: AwsKeys | undefined
}

/** What is used of `@smithy/signature-v4`. */
type Signer = Pick<SignatureV4, 'sign'>

/** What a signature adds to a request. */
const proofs = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256']

/**
 * Signs requests to Bedrock by Signature Version 4, with `@smithy/signature-v4`; credentials that nobody gave come from
 * `@aws-sdk/credential-provider-node`, which keeps them until five minutes before they expire. Both are loaded with the first call.
 * Throws `credential-rejected` where no credential is found, and `package-missing`; no error of it carries a credential.
 */
export function awsSignature(options: AwsSignatureOptions): Authorize {
  let opening: Promise<Signer> | undefined

  const sign = async (request: OutgoingRequest): Promise<Record<string, string>> => {
    try {
      opening ??= openSigner(options)
      const signed = await (await opening).sign(toSign(request))
      return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => proofs.includes(name)))
    } catch (thrown) {
      opening = undefined
      throw isInseamError(thrown) ? thrown : noCredential(options.provider, thrown)
    }
  }

  return function authorize(request, signal) {
    return unlessAborted(sign(request), signal)
  }
}

async function openSigner({ region, keys }: AwsSignatureOptions): Promise<Signer> {
  const [{ SignatureV4 }, { Sha256 }] = await loadPeer(
    '@smithy/signature-v4 @aws-crypto/sha256-js',
    'A signature for AWS',
    () => Promise.all([import('@smithy/signature-v4'), import('@aws-crypto/sha256-js')]),
  )
  return new SignatureV4({ service: 'bedrock', region, credentials: keys ?? (await openChain()), sha256: Sha256 })
}

async function openChain() {
  const { defaultProvider } = await loadPeer(
    '@aws-sdk/credential-provider-node',
    'A credential of AWS that is not in the configuration',
    () => import('@aws-sdk/credential-provider-node'),
  )
  return defaultProvider()
}

/** What a proxy may change on the way stays out of the signature; `x-amz-` headers must be in it. */
function toSign({ method, url, headers, body }: OutgoingRequest): Parameters<Signer['sign']>[0] {
  const covered = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz'))
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    // As it is sent: the model in it was encoded once, and is encoded once more by the rules of the signature.
    path: url.pathname,
    query: Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)])),
    headers: { ...Object.fromEntries(covered), host: url.host },
    body,
  }
}

function noCredential(provider: string, thrown: unknown): ProviderFailed {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return new ProviderFailed({
    code: 'credential-rejected',
    said: `no credential of AWS: ${excerpt(said, 300)}`,
    target: provider,
    fix: 'Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or sign in (`aws sso login`), or give the machine a role.',
  })
}
