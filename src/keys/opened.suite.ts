import { isInRanges } from './address-range.ts'
import { keyRoles, opens, type Reach } from './scope.ts'

/** Everything that a key can be asked: whether it opens it. */
export function opened({
  role,
  tenant,
  features,
  aliases,
  passThrough,
  providerKeys,
  addresses,
  expiresAt,
}: Reach): string[] {
  const all = (list: readonly string[] | undefined, from: readonly string[]) =>
    from.filter((one) => list?.includes(one) ?? true)
  return [
    ...keyRoles.slice(0, keyRoles.indexOf(role) + 1).map((one) => `role ${one}`),
    ...(tenant === undefined ? ['t1', 't2', 't3'] : [tenant]).map((one) => `tenant ${one}`),
    ...all(features, ['a', 'b', 'c', 'd', 'e']).map((one) => `feature ${one}`),
    ...all(aliases, ['a', 'b', 'c', 'd', 'e']).map((one) => `alias ${one}`),
    ...['openai', 'anthropic', 'other'].filter((one) => opens(passThrough, one)).map((one) => `passes ${one}`),
    ...['openai', 'anthropic', 'other'].filter((one) => opens(providerKeys, one)).map((one) => `key ${one}`),
    ...['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.1', '2001:db8::1', 'fe80::1']
      .filter((one) => !addresses || isInRanges(one, addresses))
      .map((one) => `from ${one}`),
    ...Array.from({ length: 110 }, (_, at) => at)
      .filter((at) => at < (expiresAt ?? 1000))
      .map((at) => `at ${at}`),
  ]
}
