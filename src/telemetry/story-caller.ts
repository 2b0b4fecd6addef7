import type { Caller, Door } from '../core/caller.ts'

const doors: Readonly<Record<string, string>> = {
  library: 'through the library',
  gateway: 'through the gateway',
  eval: 'in an eval',
}

/** Who did something, by which door, and on whose behalf: `Feature "x" asked through the gateway (tenant acme)`. */
export function tellCaller(caller: Caller & { readonly door: Door }, did: string): string {
  const who = caller.feature ? `Feature "${caller.feature}"` : 'A caller'
  const whose = [
    ...(caller.tenant ? [`tenant ${caller.tenant}`] : []),
    ...(caller.user ? [`user ${caller.user}`] : []),
    ...(caller.keyId ? [`key ${caller.keyId}`] : []),
  ].join(', ')
  return `${who} ${did} ${doors[caller.door] ?? caller.door}${whose && ` (${whose})`}.`
}
