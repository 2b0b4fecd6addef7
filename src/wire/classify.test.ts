import { describe, expect, it } from 'vitest'
import { codeForStatus, excerpt } from './classify.ts'

describe('codeForStatus', () => {
  it.each([
    [400, 'request-rejected'],
    [401, 'credential-rejected'],
    [402, 'quota-exhausted'],
    [403, 'credential-rejected'],
    [404, 'model-not-found'],
    [408, 'provider-timed-out'],
    [409, 'conflict'],
    [413, 'request-too-large'],
    [418, 'request-rejected'],
    [422, 'request-rejected'],
    [425, 'conflict'],
    [429, 'rate-limited'],
    [499, 'request-rejected'],
    [500, 'server-error'],
    [501, 'request-rejected'],
    [502, 'server-error'],
    [503, 'overloaded'],
    [504, 'provider-timed-out'],
    [505, 'request-rejected'],
    [529, 'overloaded'],
    [599, 'server-error'],
    [307, 'redirect-refused'],
    [200, 'server-error'],
  ])('takes %i for %s', (status, code) => {
    expect(codeForStatus(status)).toBe(code)
  })
})

describe('excerpt', () => {
  it('leaves out what a page is made of', () => {
    const page =
      '<!DOCTYPE html><html><head><style>b{}</style><title>502</title></head><body><h1>Bad\n Gateway</h1></body></html>'
    expect(excerpt(page)).toBe('502 Bad Gateway')
  })

  it('leaves text that is no page as it is', () => {
    expect(excerpt('  a < b and c > d ')).toBe('a < b and c > d')
  })

  it('says so when there is nothing', () => {
    expect(excerpt(' \n')).toBe('an empty body')
  })

  it('cuts what is long', () => {
    expect(excerpt('x'.repeat(100_000))).toHaveLength(500)
  })
})
