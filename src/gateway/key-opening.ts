import type { AccessKey } from '../core/access-key.ts'
import type { Terms } from '../core/terms.ts'
import type { Lineage } from '../keys/index.ts'
import type { GatewayKey } from './gateway-key.ts'

/** What a key opens at the gateway, be it configured or stored. */
export interface KeyOpening
  extends Pick<AccessKey, 'tenant' | 'features' | 'aliases' | 'passThrough' | 'providerKeys'> {
  /** What people call it. */
  readonly name: string
  /** What events and budgets call it: never another key's, not even a later one's. */
  readonly keyId: string
  readonly terms?: Terms
}

/** A configured key: what events call it is its name. */
export function openingOfConfigured({
  name,
  tenant,
  features,
  aliases,
  passThrough,
  providerKeys,
}: Omit<GatewayKey, 'key'>): KeyOpening {
  return { name, keyId: name, tenant, features, aliases, passThrough, providerKeys }
}

const kept = new WeakMap<Lineage, KeyOpening>()

/** A stored key, as narrow as those that made it. Worked out once for as long as nothing changes. */
export function openingOfStored(lineage: Lineage): KeyOpening {
  const known = kept.get(lineage)
  if (known) return known
  const { key, reach } = lineage
  const { tenant, features, aliases, passThrough, providerKeys, budgets = [], limits = [] } = reach
  const opening: KeyOpening = {
    name: key.name,
    keyId: key.id,
    tenant,
    features,
    aliases,
    passThrough,
    providerKeys,
    ...(budgets.length + limits.length > 0 && { terms: { budgets, limits } }),
  }
  kept.set(lineage, opening)
  return opening
}
