import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInseamError } from '../errors/index.ts'
import { readKeyAsk, readKeyChange } from './key-ask.ts'

/** What was read, or the path that the refusal names. */
function read(json: unknown, by: (json: unknown) => unknown = readKeyAsk): unknown {
  try {
    return by(json)
  } catch (thrown) {
    if (!isInseamError(thrown) || thrown.code !== 'invalid-request') throw thrown
    return thrown.message
  }
}

describe('what is asked of a key', () => {
  it('is read as it was written', () => {
    const asked = {
      name: 'ci',
      role: 'manager',
      tenant: 'acme',
      features: ['triage'],
      aliases: [],
      passThrough: true,
      providerKeys: ['openai'],
      addresses: ['10.0.0.0/8', '2001:db8::1'],
      budgets: [
        { limitUsd: 0.5, per: 'day' },
        { limitUsd: 5, per: 'day', hard: false, warnAt: [0.5, 1] },
      ],
      limits: { requests: 5 },
      expiresAt: 1_800_000_000_000,
    }
    expect(readKeyAsk(asked)).toEqual(asked)
  })

  it.each([
    ['id', 'key_1'],
    ['hash', 'x'],
    ['hint', 'x'],
    ['parentId', 'key_1'],
    ['createdAt', 1],
    ['revokedAt', 1],
    ['previous', {}],
    ['__proto__x', 1],
    ['constructor', {}],
    ['role', 'root'],
    ['role', ['admin']],
    ['name', ''],
    ['name', 'a\nb'],
    ['name', 'x'.repeat(101)],
    ['tenant', null],
    ['aliases', 'fast'],
    ['aliases', [1]],
    ['passThrough', 'openai'],
    ['addresses', ['10.0.0.1/8']],
    ['addresses', ['localhost']],
    ['budgets', [{ limitUsd: -1, per: 'day' }]],
    ['budgets', [{ limitUsd: Number.NaN, per: 'day' }]],
    ['budgets', [{ limitUsd: 1e12, per: 'day' }]],
    ['budgets', [{ limitUsd: 1, per: 'year' }]],
    ['budgets', [{ limitUsd: 1, per: 'day', scope: 'global' }]],
    [
      'budgets',
      [
        { limitUsd: 1, per: 'day' },
        { limitUsd: 2, per: 'day' },
      ],
    ],
    ['budgets', [{ limitUsd: 1, per: 'day', warnAt: [2] }]],
    ['limits', {}],
    ['limits', { requests: 0 }],
    ['limits', { requests: 1.5 }],
    ['limits', { requests: 1, id: 'x' }],
    ['expiresAt', '2027-01-01'],
    ['expiresAt', Number.POSITIVE_INFINITY],
  ])('is refused where %s is %j', (field, value) => {
    const told = read(JSON.parse(`{ "name": "ci", ${JSON.stringify(field)}: ${JSON.stringify(value)} }`))
    expect(told).toEqual(expect.stringContaining(field))
  })

  it('is read, or refused with a reason, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(['string', 'object']).toContain(typeof read(json))
        expect(['string', 'object']).toContain(typeof read(json, readKeyChange))
      }),
      { numRuns: 1_000 },
    )
  })

  it('holds no field that is not one of a key that can be asked for', () => {
    const fields = [
      'name',
      'role',
      'aliases',
      'passThrough',
      'limits',
      'id',
      'hash',
      'parentId',
      'toString',
      '__proto__',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()), (json) => {
        const asked = read(json)
        if (typeof asked === 'string') return
        for (const name of Object.keys(asked as object)) expect(fields.slice(0, 5)).toContain(name)
        expect(Object.getPrototypeOf(asked)).toBe(Object.prototype)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('what is changed of a key', () => {
  it('takes away what is null, and nothing that it must have', () => {
    expect(readKeyChange({ aliases: null, limits: { requests: 1 } })).toEqual({
      ask: { limits: { requests: 1 } },
      cleared: ['aliases'],
    })
    for (const wrong of [{}, { name: null }, { role: null }, { tenant: null }, { tenant: 'other' }])
      expect(read(wrong, readKeyChange)).toBeTypeOf('string')
  })
})
