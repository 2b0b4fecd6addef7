import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../config/is-loopback.ts'
import type { Caller } from '../core/caller.ts'
import { InseamError } from '../errors/index.ts'
import { featureNameIn, modelNameOf } from '../patterns/feature-model.ts'

/** A key that clients present, and what it opens. */
export interface GatewayKey {
  /** What events call it; no secret. */
  readonly name: string
  /** The secret itself. It is hashed at once and not kept. */
  readonly key: string
  /** The tenant on whose behalf it calls. */
  readonly tenant?: string
  /** The features that it may name, and call as `feature/NAME`. Absent: any. */
  readonly features?: readonly string[]
  /** The aliases and models that it may call. Absent: any. A feature that it may call needs no alias here. */
  readonly aliases?: readonly string[]
  /**
   * The providers whose whole API it may reach as it is, `true` for all: every file, batch and stored answer that the provider's
   * own key owns, those of other tenants too. Absent: none.
   */
  readonly passThrough?: boolean | readonly string[]
}

/** What a request may do. */
export interface Admission {
  readonly caller: Caller
  /** Whether the key opens this model. */
  opens(model: string): boolean
  /** Throws `forbidden` for a model that the key does not open. */
  allowModel(model: string): void
  /** Whether requests may be passed to this provider as they are; without a name, to any at all. */
  passesTo(provider?: string): boolean
  /** The key itself, as it was presented; empty where none is asked for. */
  readonly presented: string
}

/** Decides who may come in. Throws `unauthorized` or `forbidden`. */
export type Guard = (headers: IncomingHttpHeaders, hasBody: boolean) => Admission

/**
 * With keys, a request needs one, as `authorization: Bearer`, `x-api-key` or `x-goog-api-key`. Without keys the gateway listens on this machine
 * only, and refuses what a web page could send from a browser here: another `Host` (DNS rebinding), a foreign `Origin`, or a
 * body that is not declared as JSON (which a page could send without asking first).
 */
export function createGuard({ keys, host }: { readonly keys: readonly GatewayKey[]; readonly host: string }): Guard {
  if (keys.length === 0) {
    return (headers, hasBody) => {
      refuseForeignPages(headers, host, hasBody)
      return {
        caller: callerOf(headers, undefined),
        opens: () => true,
        allowModel: () => undefined,
        passesTo: () => true,
        presented: '',
      }
    }
  }
  const known = keys.map(({ key, ...rest }) => ({ ...rest, hash: sha256(key) }))
  return (headers) => {
    const key = presentedKey(headers)
    const presented = sha256(key)
    // Every key is compared: how long it takes does not tell which one is near.
    const found = known.filter(({ hash }) => timingSafeEqual(hash, presented))[0]
    if (!found) {
      throw new InseamError('unauthorized', 'The gateway does not know this key.', {
        fix: 'Send a key of the gateway as `authorization: Bearer`, `x-api-key` or `x-goog-api-key`; a provider key is none.',
      })
    }
    const { name, aliases, features, passThrough = false } = found
    const opens = (model: string) => {
      const feature = featureNameIn(model)
      return feature === undefined ? (aliases?.includes(model) ?? true) : (features?.includes(feature) ?? true)
    }
    return {
      caller: callerOf(headers, found),
      opens,
      allowModel: (model) => {
        if (opens(model)) return
        const open =
          featureNameIn(model) === undefined ? aliases : features?.map((feature) => modelNameOf({ name: feature }))
        throw forbidden(`The key "${name}" may not call "${model}".`, `Use one of: ${open?.join(', ')}.`)
      },
      passesTo: (provider) =>
        typeof passThrough === 'boolean'
          ? passThrough
          : provider === undefined
            ? passThrough.length > 0
            : passThrough.includes(provider),
      presented: key,
    }
  }
}

/** A host without its port, brackets of an IPv6 address included. */
const hostName = /^(\[[\da-f:.]+\]|[^:/?#@[\]]+)(?::\d+)?$/i

function refuseForeignPages(headers: IncomingHttpHeaders, host: string, hasBody: boolean): void {
  const named = hostName.exec(headers.host ?? '')?.[1]
  if (named === undefined || !(isLoopback(named) || named === host)) {
    throw forbidden(
      `The Host "${headers.host ?? ''}" is not this gateway.`,
      'Use its address, or configure `gateway.keys`.',
    )
  }
  const { origin, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    throw forbidden(
      'Pages of other sites may not call this gateway.',
      'Call it from a server, or configure `gateway.keys`.',
    )
  }
  if (origin !== undefined && URL.parse(origin)?.host !== headers.host) {
    throw forbidden(
      `Pages of ${origin} may not call this gateway.`,
      'Call it from a server, or configure `gateway.keys`.',
    )
  }
  if (hasBody && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw forbidden('The body is not declared as JSON.', 'Send `content-type: application/json`.')
  }
}

const presentedKey = (headers: IncomingHttpHeaders): string => {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '')
}

function callerOf(headers: IncomingHttpHeaders, key: Omit<GatewayKey, 'key'> | undefined): Caller {
  const feature = header(headers, 'x-inseam-feature')
  const tenant = header(headers, 'x-inseam-tenant')
  if (tenant !== undefined && key?.tenant !== undefined && tenant !== key.tenant) {
    throw forbidden(`The key "${key.name}" may not call for the tenant "${tenant}".`, 'Leave `x-inseam-tenant` out.')
  }
  if (feature !== undefined && key?.features && !key.features.includes(feature)) {
    throw forbidden(
      `The key "${key.name}" may not name the feature "${feature}".`,
      `Use one of: ${key.features.join(', ')}.`,
    )
  }
  return {
    feature,
    tenant: key?.tenant ?? (key ? undefined : tenant),
    user: header(headers, 'x-inseam-user'),
    session: header(headers, 'x-inseam-session'),
    tags: header(headers, 'x-inseam-tags')
      ?.split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    keyId: key?.name,
  }
}

/** Longer values of our own headers are cut: they are labels. */
const maxLabelLength = 200

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, maxLabelLength) : undefined
}

function forbidden(message: string, fix: string): InseamError {
  return new InseamError('forbidden', message, { fix })
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
