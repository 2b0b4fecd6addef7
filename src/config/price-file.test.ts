import { describe, expect, it } from 'vitest'
import { ConfigInvalid } from '../errors/config-invalid.ts'
import { parseConfig } from './parse-config.ts'
import { parsePriceFile } from './read-price-file.ts'

const problemsOf = (text: string) => {
  try {
    parsePriceFile(text, 'prices.yaml')
  } catch (error) {
    if (error instanceof ConfigInvalid)
      return error.problems.map(({ line, path, message, fix }) => ({ line, path, message, fix }))
    throw error
  }
  return []
}

describe('a price file', () => {
  it('has periods, tiers, service tiers, places, tools and other names', () => {
    const prices = parsePriceFile(`
currency: USD
models:
  acme/large:
    - { input: 3, output: 12, effectiveFrom: 2026-11-01, source: https://acme.example/prices, checkedOn: 2026-11-20 }
    - { input: 2.5, output: 10, effectiveTo: "2026-10-31" }
  small:
    aliases: [small-2026-11-01]
    input: 0.1
    output: 0.4
    tiers: [{ aboveInputTokens: 200000, input: 0.2, output: 0.8 }]
    serviceTiers: { batch: 0.5, priority: { input: 0.3, output: 1 } }
    geographies: { us: 1.1 }
    serverTools: { web_search: 10 }
`)
    expect(prices['acme/large']).toEqual([
      { input: 2.5, output: 10, effectiveTo: '2026-10-31' },
      {
        input: 3,
        output: 12,
        effectiveFrom: '2026-11-01',
        sourceUrl: 'https://acme.example/prices',
        checkedOn: '2026-11-20',
      },
    ])
    expect(prices['small-2026-11-01']).toEqual(prices.small)
    expect(prices.small?.[0]).toMatchObject({ serviceTiers: { batch: 0.5, priority: { input: 0.3, output: 1 } } })
  })

  it.each([
    ['models: { a: { input: -1, output: 2 } }', 'is no price', 'from 0 to 10,000'],
    ['models: { a: { input: 20000, output: 2 } }', 'is no price', 'from 0 to 10,000'],
    ['models: { a: { input: 0.0000025, output: 2 } }', 'is no price', 'the price of one token'],
    ['models: { a: { input: 0.12345678, output: 2 } }', 'is no price', 'six digits'],
    ['models: { a: { input: 1, outptu: 2 } }', 'unknown', 'Did you mean "output"?'],
    ['models: { a: { input: 1 } }', 'missing', 'Write USD'],
    ['currency: EUR\nmodels: {}', 'is no currency', 'Convert'],
    ['models: { a: { input: 1, output: 2, effectiveFrom: 2026-02-30 } }', 'is no day', '2026-08-21'],
    [
      'models: { a: { input: 1, output: 2, effectiveFrom: 2026-03-02, effectiveTo: 2026-03-01 } }',
      'before',
      'last day',
    ],
    [
      'models: { a: [{ input: 1, output: 2 }, { input: 2, output: 3, effectiveFrom: 2026-03-01 }] }',
      'same days',
      'effectiveTo',
    ],
    ['models: { a: { input: 1, output: 2, aliases: [b] }, b: { input: 2, output: 3 } }', 'same days', 'remove one'],
    ['models: { a: { input: 1, output: 2, serviceTiers: { batch: -1 } } }', 'is no multiplier', '0.5'],
    [
      'models: { a: { input: 1, output: 2, tiers: [{ aboveInputTokens: 9, input: 1, output: 1 }, { aboveInputTokens: 9, input: 1, output: 1 }] } }',
      'Two tiers',
      'Keep one',
    ],
    ['models: { a: [] }', 'empty', 'at least one'],
    ['price: {}', 'unknown', 'models'],
  ])('refuses %j, with the line and the way out', (text, message, fix) => {
    const problems = problemsOf(text)
    expect(problems.some((problem) => problem.message.includes(message) && problem.fix.includes(fix))).toBe(true)
    for (const { line } of problems) expect(line).toBeGreaterThan(0)
  })

  it('is named by the configuration, read beside it and watched with it', () => {
    const read: string[] = []
    const config = parseConfig('prices: ./my/prices.yaml', {
      path: '/etc/inseam/inseam.yaml',
      env: {},
      readFile: (path) => {
        read.push(path)
        return 'models: { lab/qwen3: { input: 0, output: 0 } }'
      },
    })
    expect(read).toEqual(['/etc/inseam/my/prices.yaml'])
    expect(config.files).toEqual(read)
    expect(config.prices['lab/qwen3']).toEqual([{ input: 0, output: 0 }])
  })

  it('that is not there is a problem of the configuration, and one that is wrong has its own name and line', () => {
    const parse = (readFile: (path: string) => string) => () =>
      parseConfig('prices: prices.yaml', { path: '/etc/inseam.yaml', env: {}, readFile })
    expect(
      parse(() => {
        throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      }),
    ).toThrow('/etc/prices.yaml cannot be read (ENOENT)')
    expect(parse(() => 'models:\n  a: { input: 1, output: x }')).toThrow('/etc/prices.yaml:2')
  })

  it('may be as long as the price list of a market', () => {
    const models = Array.from({ length: 3000 }, (_, index) => `  m${index}: { input: 1, output: 2, cacheRead: 0.1 }`)
    expect(Object.keys(parsePriceFile(`models:\n${models.join('\n')}`))).toHaveLength(3000)
  })
})
