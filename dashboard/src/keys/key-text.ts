import type { KeyView } from '../../../src/admin/api.ts'
import type { LimitKind } from '../../../src/core/call-limit.ts'
import { costText } from '../text/cost-text.ts'
import { countText } from '../text/count-text.ts'

/** What each role may, in a line. */
export const roleWords: Readonly<Record<KeyView['role'], string>> = {
  caller: 'Makes calls through the gateway.',
  viewer: 'Reads the record, too.',
  manager: 'Makes and ends keys no wider than its own, too.',
  admin: 'Does everything.',
}

/** What each limit counts. */
export const limitWords: Readonly<Record<LimitKind, string>> = {
  requests: 'Requests a minute',
  inputTokens: 'Input tokens a minute',
  outputTokens: 'Output tokens a minute',
  concurrency: 'Calls at once',
}

const shortLimitWords: Readonly<Record<LimitKind, string>> = {
  requests: 'requests/min',
  inputTokens: 'tokens in/min',
  outputTokens: 'tokens out/min',
  concurrency: 'at once',
}

/** What a key is bound to, in the order in which it matters. Empty: nothing. */
export function boundsOf({ tenant, features, aliases, addresses }: KeyView): readonly string[] {
  return [
    ...(tenant === undefined ? [] : [`tenant ${tenant}`]),
    ...(features === undefined ? [] : [namesText(features, 'no feature')]),
    ...(aliases === undefined ? [] : [namesText(aliases, 'no alias')]),
    ...(addresses === undefined ? [] : [`from ${namesText(addresses, 'nowhere')}`]),
  ]
}

/** Its budgets, as in `$5.00 a day`. */
export function budgetsText({ budgets = [] }: KeyView): string {
  return budgets
    .map(({ limitNanoUsd, per, hard }) => `${costText(limitNanoUsd)}/${per}${hard ? '' : ' (soft)'}`)
    .join(', ')
}

/** Its limits, as in `600 requests/min`. */
export function limitsText({ limits = [] }: KeyView): string {
  return limits
    .flatMap((limit) =>
      (Object.keys(shortLimitWords) as LimitKind[]).flatMap((kind) => {
        const count = limit[kind]
        return count === undefined ? [] : [`${countText(count)} ${shortLimitWords[kind]}`]
      }),
    )
    .join(', ')
}

/** What is open, in words: `all`, names, or nothing said. */
export function openingText(opening: boolean | readonly string[] | undefined): string | undefined {
  if (typeof opening === 'object') return namesText(opening, 'none')
  return opening === true ? 'all' : undefined
}

const mostNamed = 3

function namesText(names: readonly string[], nothing: string): string {
  if (names.length === 0) return nothing
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}
