import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Passage } from '../../retrieval/indexes.ts'
import { type AnswerOutcome, checkAnswer } from './check-answer.ts'
import { findNearly } from './find-nearly.ts'
import { findQuote } from './find-quote.ts'

const passage = (text: string, start = 100): Passage => ({
  document: 'a.md',
  start,
  end: start + text.length,
  text,
  score: 1,
})
const source = 'A refund is paid within **14 days**\nafter the parcel — “unopened” — has come back. Kettles: 114 days.'
const check = (answer: unknown, sources = [passage(source), passage('Parcels leave at noon.', 7)]) =>
  checkAnswer(typeof answer === 'string' ? answer : JSON.stringify(answer), sources)
const citing = (answer: string, ...citations: [source: number, quote: string][]) =>
  check({ found: true, answer, citations: citations.map(([source, quote]) => ({ source, quote })) })

describe('a quote', () => {
  const find = (quote: string, text = source) => {
    const span = findQuote(text, quote)
    return span && text.slice(span.start, span.end)
  }

  it('is found word for word', () => {
    expect(find('Kettles: 114 days.')).toBe('Kettles: 114 days.')
    expect(find(' Kettles ')).toBe('Kettles')
  })

  it('is found where white space, case, quotation marks, dashes and emphasis are written in another way', () => {
    const own = 'within **14 days**\nafter the parcel — “unopened” — has come back.'
    expect(find('Within 14 days after the parcel - "unopened" - has come back.')).toBe(own)
    expect(find('WITHIN `14` days AFTER THE parcel – «unopened» – has come  back.')).toBe(own)
    expect(find('mind: is a &lt;input', 'Mind: </source> is a <input.')).toBe('Mind: </source> is a <input')
    expect(find('by Honjou', 'drawn by <unk class="x"> Honjou')).toBe('by <unk class="x"> Honjou')
  })

  it('is found where one character in twenty is another, and shown in the words of the source', () => {
    expect(find('refund is payd within 14 days after the parcel - unopened - has come back')).toBe(
      'refund is paid within **14 days**\nafter the parcel — “unopened” — has come back',
    )
  })

  it('is not found where a number is another, however long it is', () => {
    expect(
      find('refund is paid within 15 days after the parcel - "unopened" - has come back. Kettles: 114 days'),
    ).toBeUndefined()
  })

  it('is not found within a longer word or number', () => {
    expect(find('14 days.', 'It takes 114 days.')).toBeUndefined()
    expect(find('fund is paid')).toBeUndefined()
    expect(find('refund is pai')).toBeUndefined()
  })

  it.each([
    ['0.5 % of the sum', '5 % of the sum'],
    ['A fee of 1,500 dollars', '500 dollars'],
    ['A fee of 1,500 dollars', 'A fee of 1'],
    ['It takes 1/2 hour', '2 hour'],
    ['at -5 °C', '5 °C'],
    ['at −5 °C', '5 °C'],
    ['It weighs .5 mg', '5 mg'],
    ['5*3 units', '53 units'],
    ['10² units', '102 units'],
    ['1½ hours', '11⁄2 hours'],
  ])('of %j is not %j: a part of a number is another number', (text, quote) => {
    expect(find(quote, text)).toBeUndefined()
  })

  it('is a whole number beside what is no part of it', () => {
    expect(find('5 days', 'Wait 3-5 days, please.')).toBe('5 days')
    expect(find('within 14', 'Paid within 14.')).toBe('within 14')
    expect(find('７ days', 'Wait 7 days.')).toBe('7 days')
  })

  const clause = 'paid within two weeks of the purchase to all members who pay by invoice and live in Germany'
  it.each([
    [`Refunds are not ${clause}`, `Refunds are ${clause}`],
    [`Refunds are ${clause}`, `Refunds are not ${clause}`],
    [`It is illegal that refunds are ${clause}`, `It is legal that refunds are ${clause}`],
    [`Refunds are now ${clause}`, `Refunds are not ${clause}`],
    [`It is not ${clause}`, `It is ${clause.replace('paid', 'paid not')}`],
    [
      `退款在收到商品后不会在十四天内支付给客户${'退款在十四天内支付'.repeat(3)}`,
      `退款在收到商品后会在十四天内支付给客户${'退款在十四天内支付'.repeat(3)}`,
    ],
  ])('of %j is not %j: a word more, less or other may turn it round', (text, quote) => {
    expect(find(quote, text)).toBeUndefined()
  })

  it('is found where a line of the source ends within a word', () => {
    expect(find(`Refunds are ${clause}`, `Refunds are ${clause.replace('purchase', 'pur-\nchase')}`)).toContain(
      'pur-\nchase',
    )
  })

  it('is found between the words of a language that is written without spaces', () => {
    expect(find('十四天內', '退款在十四天內支付。')).toBe('十四天內')
  })

  it('is not found where it says nothing, or something else', () => {
    for (const quote of ['', ' ', '—', '**', 'Nothing of the kind stands here at all', 'x'.repeat(5_000)])
      expect(find(quote)).toBeUndefined()
  })

  it('is found wherever it was copied from, and gives back its place', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 }).map((string) => string.toWellFormed())
    fc.assert(
      fc.property(text, text, text, (before, quote, after) => {
        const whole = `${before} ${quote} ${after}`
        const span = findQuote(whole, quote)
        if (/[\p{L}\p{N}]/u.test(quote)) expect(span).toBeDefined()
        if (span) expect(whole.slice(span.start, span.end).isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('the nearest stretch', () => {
  const distance = (left: string, right: string): number => {
    let row = Array.from({ length: right.length + 1 }, (_, index) => index)
    for (let at = 1; at <= left.length; at++) {
      const next = [at]
      for (let to = 1; to <= right.length; to++)
        next.push(
          Math.min(
            (row[to] as number) + 1,
            (next[to - 1] as number) + 1,
            (row[to - 1] as number) + Number(left[at - 1] !== right[to - 1]),
          ),
        )
      row = next
    }
    return row[right.length] as number
  }

  it('is as near as any, and there is none where all are too far', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 14 })
    const quotes = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(few, quotes, fc.nat({ max: 3 }), (text, quote, mostErrors) => {
        let least = quote.length
        for (let start = 0; start < text.length; start++)
          for (let end = start + 1; end <= text.length; end++)
            least = Math.min(least, distance(text.slice(start, end), quote))
        const found = findNearly(text, quote, mostErrors)
        if (found) expect(distance(text.slice(found.start, found.end), quote)).toBe(least)
        else expect(text === '' || least > mostErrors).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an answer', () => {
  it('is grounded where every citation stands in its source, with the place in the document', () => {
    expect(
      citing('Two weeks [1], sent at noon [2].', [1, 'Within 14 days'], [2, 'leave at noon'], [2, 'leave at noon']),
    ).toEqual({
      type: 'grounded',
      text: 'Two weeks [1], sent at noon [2].',
      citations: [
        { number: 1, document: 'a.md', start: 117, end: 133, quote: 'within **14 days' },
        { number: 2, document: 'a.md', start: 15, end: 28, quote: 'leave at noon' },
      ],
    })
  })

  it('is grounded in the bytes of HTML, tags and entities included', () => {
    const text = 'lasts <b>two</b> years &amp; more'
    const plain = {
      text: 'lasts two years & more',
      pieces: { plainAt: [0, 6, 9, 16, 17], sourceAt: [0, 9, 16, 23, 28], sourceEnd: [6, 12, 23, 28, 33] },
    }
    const html: Passage = { ...passage(text, 50), plain }
    const checked = check({ found: true, answer: 'Two [1].', citations: [{ source: 1, quote: 'two years &' }] }, [html])
    expect(checked).toMatchObject({ citations: [{ start: 59, end: 78, quote: 'two</b> years &amp;' }] })
  })

  it.each([
    ['cites a source that was not sent', citing('Yes [3].', [3, 'noon']), 'Source 3 is cited, and there are 2.'],
    ['cites source 0', citing('Yes.', [0, 'noon']), 'Source 0 is cited, and there are 2.'],
    ['quotes what is not there', citing('Yes [2].', [2, 'at midnight']), 'Source 2 does not say "at midnight".'],
    ['quotes another source', citing('Yes [2].', [2, '14 days']), 'Source 2 does not say "14 days".'],
    [
      'has one sound citation and one that is not',
      citing('Yes [2].', [2, 'noon'], [1, 'noon']),
      'Source 1 does not say "noon".',
    ],
    [
      'has a number without a citation',
      citing('Yes [1], so [2].', [2, 'noon']),
      'The answer says [1], and no citation shows what stands there.',
    ],
    [
      'has such a number among others',
      citing('Yes [2, 7].', [2, 'noon']),
      'The answer says [7], and no citation shows what stands there.',
    ],
    ...['Yes [1-3].', 'Yes [1–3].', 'Yes [3-1].', 'Yes [1 and 3].', 'Yes [Source 3].', 'Yes [^3].', 'Yes 【3】.'].map(
      (text): [string, AnswerOutcome, unknown] => [
        `says ${text}`,
        citing(text, [1, '14 days'], [2, 'noon']),
        'The answer says [3], and no citation shows what stands there.',
      ],
    ),
    [
      'has more citations than anybody reads',
      citing('Yes [2].', ...Array.from({ length: 201 }, (): [number, string] => [2, 'noon'])),
      'The answer has 201 citations; 200 are looked at.',
    ],
    ['cites nothing', citing('Yes.'), 'The answer cites nothing.'],
    ['marks no claim', citing('Yes.', [2, 'noon']), 'The answer has no number of a source in its text.'],
    ['says nothing', citing(' ', [2, 'noon']), 'The answer is empty.'],
    ['is prose', check('Parcels leave at noon [2].'), expect.stringContaining('no JSON')],
    ['is another object', check({ answer: 'Yes' }), 'The answer does not say whether it was found.'],
    ['is no object', check('[1]'), 'The answer is no object.'],
    [
      'has citations of another form',
      check({ found: true, answer: 'Yes', citations: ['noon'] }),
      expect.stringContaining('a quote'),
    ],
  ])('that %s is not shown, and it is said why', (_, checked, detail) => {
    expect(checked).toEqual({ type: 'abstained', reason: 'citation-unsound', detail })
  })

  it('may hold brackets that cite nothing', () => {
    for (const text of ['At noon [2], see [2026-11-23 or later] and [a].', 'Noon [2; 2].'])
      expect(citing(text, [2, 'noon'])).toMatchObject({ type: 'grounded', text })
  })

  it('that the model does not find is not in the sources', () => {
    const found = check({ found: false, answer: "I don't know", citations: [{ source: 9, quote: 'x' }] })
    expect(found).toEqual({ type: 'abstained', reason: 'not-in-sources', detail: "I don't know" })
    const talkative = check({ found: false, answer: 'But what I think is '.repeat(50), citations: [] })
    expect(talkative).toMatchObject({ detail: expect.stringMatching(/^But what .{110}…$/) })
  })

  it('of any form is checked without a throw', () => {
    const value = fc.record({
      found: fc.boolean(),
      answer: fc.string(),
      citations: fc.array(fc.record({ source: fc.anything(), quote: fc.string() })),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          value.map((said) => JSON.stringify(said)),
        ),
        (written) => {
          expect(['grounded', 'abstained']).toContain(check(written).type)
        },
      ),
    )
  })
})
