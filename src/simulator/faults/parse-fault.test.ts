import { expect, test } from 'vitest'
import { parseFaultHeader, parseModelName } from './parse-fault.ts'

test('reads a fault and its parameters from a header', () => {
  expect(parseFaultHeader('stall')).toEqual({ fault: { type: 'stall' } })
  expect(parseFaultHeader(' cut ; after=0 ; reset ')).toEqual({ fault: { type: 'cut', after: 0, reset: true } })
  expect(parseFaultHeader('redirect; to=http://127.0.0.1:9/a=b')).toEqual({
    fault: { type: 'redirect', to: 'http://127.0.0.1:9/a=b' },
  })
})

test('reads a fault, its parameters and how often from a model name', () => {
  expect(parseModelName('sim-small')).toEqual({ model: 'sim-small', firstRequests: Number.POSITIVE_INFINITY })
  expect(parseModelName('sim-small+cut:after=5,midEvent=true@2')).toEqual({
    model: 'sim-small',
    firstRequests: 2,
    fault: { type: 'cut', after: 5, midEvent: true },
  })
})

test.each(['explode', 'stall; before=1', 'stall; after=many', 'stall; after=', 'cut; reset=maybe', ''])(
  'says what is wrong with "%s"',
  (text) => {
    expect(parseFaultHeader(text)).toEqual({ problem: expect.stringMatching(/lists all|parameter|is a/) })
  },
)
