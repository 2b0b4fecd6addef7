import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../core/caller.ts'
import type { Terms } from '../core/terms.ts'
import { InseamError } from '../errors/index.ts'
import { type KeyRing, opens } from '../keys/index.ts'
import { featureNameIn, modelNameOf } from '../patterns/feature-model.ts'
import { type AddressedRequest, callerAddress } from './caller-address.ts'
import type { GatewayKey } from './gateway-key.ts'
import { type KeyOpening, openingOfConfigured, openingOfStored } from './key-opening.ts'
import { refuseForeignPages } from './refuse-foreign-pages.ts'

/** What a request may do. */
export interface Admission {
  readonly caller: Caller
  /** What its key brings of its own. */
  readonly terms?: Terms
  /** What people call its key; empty where none is asked for. */
  readonly keyName: string
  /** Whether the key opens some models alone. */
  readonly isRestricted: boolean
  /** Whether the key opens this model. */
  opens(model: string): boolean
  /** Throws `forbidden` for a model that the key does not open. */
  allowModel(model: string): void
  /** Whether requests may be passed to this provider as they are; without a name, to any at all. */
  passesTo(provider?: string): boolean
  /** Whether it may bring a key of its own for this provider, where the operator lets callers. */
  bringsKeyFor(provider: string): boolean
  /** The key itself, as it was presented; empty where none is asked for. */
  readonly presented: string
}

/** Decides who may come in: at once, but where a stored key has to be looked up. Throws or rejects with `unauthorized`, `forbidden` or `keys-unavailable`. */
export type Guard = (request: AddressedRequest, hasBody: boolean) => Admission | Promise<Admission>

/** Whom a guard lets in. */
export interface GuardRules {
  /** The keys of the configuration. */
  readonly keys: readonly GatewayKey[]
  /** Whether a key is asked for before there is one. */
  readonly requireKeys?: boolean
  /** The proxies, as addresses and ranges, whose `x-forwarded-for` says where a request comes from. */
  readonly trustedProxies?: readonly string[]
}

/** What a guard stands on. */
export interface GuardOptions extends GuardRules {
  readonly host: string
  /** The stored keys. Absent: there are none. */
  readonly ring?: KeyRing
}

/**
 * With keys, a request needs one, as `authorization: Bearer`, `x-api-key` or `x-goog-api-key`: of the configuration, or stored. Without any
 * the gateway listens on this machine only, and refuses what a web page could send from a browser here.
 */
export function createGuard({ keys, host, ring, requireKeys = false, trustedProxies = [] }: GuardOptions): Guard {
  const known = keys.map(({ key, ...rest }) => ({ opening: openingOfConfigured(rest), hash: sha256(key) }))
  const isClosed = known.length > 0 || requireKeys
  return (request, hasBody) => {
    const { headers } = request
    if (!isClosed && (!ring || ring.isInUse === false)) {
      refuseForeignPages(headers, host, hasBody)
      return openToAll(headers)
    }
    const presented = presentedKey(headers)
    const configured = findConfigured(known, presented)
    if (configured) return admissionOf(headers, configured, presented)
    const found = ring?.find(presented, callerAddress(request, trustedProxies))
    const admit = (lineage: Awaited<typeof found>): Admission => {
      if (lineage) return admissionOf(headers, openingOfStored(lineage), presented)
      if (!isClosed && ring?.isInUse === undefined) throw nobodyKnows(ring?.problem)
      throw unknownKey()
    }
    return found instanceof Promise ? found.then(admit) : admit(found)
  }
}

/** Every key is compared: how long it takes does not tell which one is near. */
function findConfigured(
  known: readonly { readonly opening: KeyOpening; readonly hash: Buffer }[],
  secret: string,
): KeyOpening | undefined {
  if (known.length === 0) return undefined
  const presented = sha256(secret)
  return known.filter(({ hash }) => timingSafeEqual(hash, presented))[0]?.opening
}

function openToAll(headers: IncomingHttpHeaders): Admission {
  return {
    caller: callerOf(headers, undefined),
    keyName: '',
    isRestricted: false,
    opens: () => true,
    allowModel: () => undefined,
    passesTo: () => true,
    bringsKeyFor: () => true,
    presented: '',
  }
}

function admissionOf(headers: IncomingHttpHeaders, key: KeyOpening, presented: string): Admission {
  const { name, aliases, features, passThrough, providerKeys, terms } = key
  const opensModel = (model: string) => {
    const feature = featureNameIn(model)
    return feature === undefined ? (aliases?.includes(model) ?? true) : (features?.includes(feature) ?? true)
  }
  return {
    caller: callerOf(headers, key),
    ...(terms && { terms }),
    keyName: name,
    isRestricted: aliases !== undefined || features !== undefined,
    opens: opensModel,
    allowModel: (model) => {
      if (opensModel(model)) return
      const open =
        featureNameIn(model) === undefined ? aliases : features?.map((feature) => modelNameOf({ name: feature }))
      throw forbidden(`The key "${name}" may not call "${model}".`, `Use one of: ${open?.join(', ') || 'none'}.`)
    },
    passesTo: (provider) => opens(passThrough, provider),
    bringsKeyFor: (provider) => opens(providerKeys, provider),
    presented,
  }
}

const presentedKey = (headers: IncomingHttpHeaders): string => {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '')
}

function callerOf(headers: IncomingHttpHeaders, key: KeyOpening | undefined): Caller {
  const feature = header(headers, 'x-inseam-feature')
  const tenant = header(headers, 'x-inseam-tenant')
  if (tenant !== undefined && key?.tenant !== undefined && tenant !== key.tenant) {
    throw forbidden(`The key "${key.name}" may not call for the tenant "${tenant}".`, 'Leave `x-inseam-tenant` out.')
  }
  if (feature !== undefined && key?.features && !key.features.includes(feature)) {
    throw forbidden(
      `The key "${key.name}" may not name the feature "${feature}".`,
      `Use one of: ${key.features.join(', ') || 'none'}.`,
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
    keyId: key?.keyId,
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

function unknownKey(): InseamError {
  return new InseamError('unauthorized', 'The gateway does not know this key.', {
    fix: 'Send a key of the gateway as `authorization: Bearer`, `x-api-key` or `x-goog-api-key`; a provider key is none.',
  })
}

function nobodyKnows(problem = 'it has not answered yet'): InseamError {
  return new InseamError('keys-unavailable', 'Nobody can tell now whether a key is asked for.', {
    fix: `Mend the store of keys: ${problem}.`,
  })
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
