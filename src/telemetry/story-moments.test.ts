import { expect, it } from 'vitest'
import type { Happening } from '../core/moment.ts'
import { tellMoment } from './story-moments.ts'

it.each<[Happening, string]>([
  [{ type: 'structure-asked', by: 'native', strict: true }, 'the target is given the schema, which it enforces'],
  [
    { type: 'structure-asked', by: 'tool', strict: false, because: 'it refers to itself' },
    'the target must call a tool whose input is the schema: it refers to itself',
  ],
  [
    { type: 'structure-asked', by: 'instructions', strict: false },
    'the target is told the shape of its answer in words',
  ],
  [{ type: 'correcting', callId: 'call_1', problems: 1, at: '' }, 'corrects call_1: 1 problem'],
  [
    { type: 'correcting', callId: 'call_1', problems: 2, at: 'items[0].price' },
    'corrects call_1: 2 problems, the first at items[0].price',
  ],
])('tells %j', (happening, told) => {
  expect(tellMoment({ ...happening, atMs: 0 })).toBe(told)
})
