import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesOf, draftOf, newDraft, readDraft } from '../dashboard/src/keys/key-draft.ts'
import type { KeyView } from '../src/admin/api.ts'
import { limitKinds } from '../src/core/call-limit.ts'
import { readKeyAsk, readKeyChange } from '../src/keys/key-ask.ts'

const key: KeyView = { id: 'key_1', name: 'ci', hint: 'sk-inseam-ab', role: 'caller', createdAt: 0, status: 'active' }

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9/-]{0,20}$/), { minLength: 1, maxLength: 4 })
const opening = fc.oneof(names, fc.constant(true as const), fc.constant(undefined))
const keys: fc.Arbitrary<KeyView> = fc
  .record({
    role: fc.constantFrom('caller', 'viewer', 'manager', 'admin'),
    tenant: fc.option(fc.constant('acme'), { nil: undefined }),
    aliases: fc.option(names, { nil: undefined }),
    features: fc.option(names, { nil: undefined }),
    passThrough: opening,
    providerKeys: opening,
    addresses: fc.option(fc.constant(['10.0.0.0/8', '2001:db8::1']), { nil: undefined }),
    budgets: fc.uniqueArray(
      fc.record({
        id: fc.constant('key/key_1'),
        scope: fc.constant('global' as const),
        limitNanoUsd: fc.integer({ min: 0, max: 1_000_000_000_000_000 }),
        per: fc.constantFrom('hour', 'day', 'month'),
        hard: fc.boolean(),
        warnAt: fc.uniqueArray(
          fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 6, selector: ({ per, hard }) => `${per} ${hard}` },
    ),
    limits: fc
      .tuple(
        ...limitKinds.map((kind) =>
          fc.oneof(
            fc.constant({}),
            fc.integer({ min: 1, max: 1_000_000_000 }).map((count) => ({ [kind]: count })),
          ),
        ),
      )
      .map((parts) => [{ id: 'key/key_1', scope: 'global' as const, ...Object.assign({}, ...parts) }]),
    expiresAt: fc.option(
      fc.integer({ min: 1_700_000_000, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
      { nil: undefined },
    ),
  })
  .map((fields) => ({ ...key, ...fields }) as KeyView)

const read = (of: KeyView) => {
  const found = readDraft(draftOf(of))
  if ('problems' in found) throw new Error(JSON.stringify(found.problems))
  return found.ask
}

describe('a key as it is typed', () => {
  it('is read as the key that it was drawn from, in terms that the listener takes', () => {
    fc.assert(
      fc.property(keys, (of) => {
        const ask = read(of)
        expect(readKeyAsk(ask)).toEqual(ask)
        expect(ask).toMatchObject({ name: of.name, role: of.role })
        for (const field of ['tenant', 'aliases', 'features', 'passThrough', 'providerKeys', 'expiresAt'] as const)
          expect(ask[field]).toEqual(of[field])
        expect(ask.budgets?.map(({ limitUsd }) => Math.round(limitUsd * 1e9)) ?? []).toEqual(
          of.budgets?.map(({ limitNanoUsd }) => limitNanoUsd),
        )
        for (const kind of limitKinds) expect(ask.limits?.[kind]).toEqual(of.limits?.[0]?.[kind])
      }),
    )
  })

  it('changes nothing where nothing was typed, and from any key to any other in terms that the listener takes', () => {
    fc.assert(
      fc.property(keys, keys, (from, to) => {
        expect(changesOf(read(from), read(from))).toEqual({})
        const changes = changesOf(read(from), { ...read(to), tenant: read(from).tenant })
        if (Object.keys(changes).length === 0) return
        const { ask, cleared } = readKeyChange(changes)
        expect(new Set([...Object.keys(ask), ...cleared])).toEqual(new Set(Object.keys(changes)))
      }),
    )
  })

  it.each([
    [{ name: ' ' }, 'name'],
    [{ aliases: { how: 'some', names: [] } }, 'aliases'],
    [{ limits: { ...newDraft.limits, requests: '1.5' } }, 'limits.requests'],
    [{ budgets: [{ usd: 'five', per: 'day', hard: true, warnAt: '' }] }, 'budgets.0.usd'],
    [{ budgets: [{ usd: '5', per: 'day', hard: true, warnAt: '120' }] }, 'budgets.0.warnAt'],
    [{ budgets: Array(2).fill({ usd: '5', per: 'day', hard: true, warnAt: '80' }) }, 'budgets.1.per'],
    [{ expires: 'soon' }, 'expires'],
  ])('says what is wrong: %j', (part, field) => {
    const found = readDraft({ ...newDraft, name: 'ci', ...(part as object) })
    expect('problems' in found && Object.keys(found.problems)).toEqual([field])
  })
})
