import { findInCatalogue } from '../providers/catalogue.ts'
import type { Config } from './config.ts'
import { secretsOfCredential } from './google-credential.ts'
import { secretsOfUrl } from './secrets-of-url.ts'

/** Shorter values are no secrets, and redacting them would garble what people write. */
const minLength = 6

/**
 * Every secret of a configuration: keys, credentials and headers of providers, keys of the gateway, the token of the page, URLs of stores and webhooks. The longest
 * first, each also as it stands within JSON and within a URL. One that is split, or encoded otherwise, is not known by them.
 */
export function secretsIn({
  providers,
  gateway,
  admin,
  events,
  state,
  redis,
  webhooks,
}: Pick<Config, 'providers' | 'gateway' | 'admin' | 'events' | 'state' | 'redis' | 'webhooks'>): string[] {
  const values = [
    ...providers.flatMap(({ kind, key, credentials, aws, headers }) => [
      key === findInCatalogue(kind)?.anyKey ? undefined : key,
      ...(credentials === undefined ? [] : secretsOfCredential(credentials)),
      aws?.keys?.secretAccessKey,
      aws?.keys?.sessionToken,
      ...Object.values(headers).flatMap((value) => [value, value.replace(/^\w+ +/, '')]),
    ]),
    ...gateway.keys.map(({ key }) => key),
    admin ? admin.token : undefined,
    ...secretsOfUrl(events.postgres?.url),
    ...secretsOfUrl(state.store === 'postgres' ? state.url : undefined),
    ...secretsOfUrl(redis?.url),
    ...webhooks.flatMap(({ url, secret }) => [url, secret]),
  ]
  const secrets = values.filter((value) => value !== undefined).filter(({ length }) => length >= minLength)
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
  return [...new Set(forms)].sort((left, right) => right.length - left.length)
}
