import type { ProviderConfig } from './config.ts'
import type { Dialect } from './core/dialect.ts'
import type { Provider } from './core/provider.ts'
import type { Authorize } from './providers/authorize.ts'
import { findInCatalogue } from './providers/catalogue.ts'
import { httpProvider } from './providers/http-provider.ts'
import { once } from './providers/once.ts'
import { loadCodec } from './wire/load-codec.ts'

/** A provider of the configuration, at work over HTTP; its host may quote none of the secrets. Connects with the first call. */
export function openProvider(provider: ProviderConfig, secrets: readonly string[]): Provider {
  const { name, kind, dialect, hosting, url, auth, key, headers, quirks, maxConnections, ca, callerKeys } = provider
  const authorize = proofOf(provider)
  const alsoSpeaks = findInCatalogue(kind)?.alsoSpeaks
  return httpProvider({
    name,
    codec: () => loadCodec(dialect, hosting),
    countingCodec: alsoSpeaks && !hosting ? () => loadCodec(alsoSpeaks) : undefined,
    url,
    headers: { ...credential(auth, key), ...headers },
    ...(callerKeys && { credentialOf: (own: string) => credential(auth, own) }),
    defaultHeaders: hosting ? {} : dialectHeaders[dialect],
    ...(authorize && { authorize, signsBody: auth === 'aws' }),
    quirks,
    secrets,
    maxConnections,
    ca,
  })
}

/** What a provider is shown where a key alone does not do. */
function proofOf({ name, auth, credentials, aws }: ProviderConfig): Authorize | undefined {
  if (auth === 'google') {
    return whenAsked(async () =>
      (await import('./providers/google-token.ts')).googleToken({ provider: name, credentials }),
    )
  }
  if (auth !== 'aws' || !aws) return undefined
  return whenAsked(async () => (await import('./providers/aws-signature.ts')).awsSignature({ provider: name, ...aws }))
}

/** Loaded and made with the first request: most programs need neither. */
function whenAsked(make: () => Promise<Authorize>): Authorize {
  const made = once(make)
  return async (request, signal) => (await made())(request, signal)
}

const dialectHeaders: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  'openai-chat': {},
  'openai-responses': {},
  'anthropic-messages': { 'anthropic-version': '2023-06-01' },
  gemini: {},
  'bedrock-converse': {},
}

function credential(auth: ProviderConfig['auth'], key: string | undefined): Record<string, string> {
  if (key === undefined || auth === 'none' || auth === 'google' || auth === 'aws') return {}
  return auth === 'bearer' ? { authorization: `Bearer ${key}` } : { [auth]: key }
}
