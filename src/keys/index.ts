export { isInRanges } from './address-range.ts'
export { canonicalJson, findBreak, nextEntry, noAudit } from './audit-chain.ts'
export { checkNamesWith } from './check-names.ts'
export type { KeyAsk } from './key-ask.ts'
export {
  type IssuedKey,
  type KeyActor,
  type KeyDesk,
  openKeyDesk,
  type ShownKey,
  shownOf,
} from './key-desk.ts'
export { type KeyRing, openKeyRing } from './key-ring.ts'
export type { Lineage } from './lineage.ts'
export { isAtLeast, keyRoles, opens, seesEverything } from './scope.ts'
