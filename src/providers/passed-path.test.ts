import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathBelow, pathTo } from './passed-path.ts'

describe('a path below a base URL', () => {
  it.each([
    ['https://api.openai.com/v1', '/v1/files', '/v1/files'],
    ['https://api.openai.com/v1', '/files', '/v1/files'],
    ['https://api.groq.com/openai/v1', '/v1/batches/b', '/openai/v1/batches/b'],
    ['https://host.example', '/v1/files', '/files'],
    ['https://host.example/api/paas/v4', '/v1/files', '/api/paas/v4/files'],
    ['https://generativelanguage.googleapis.com/v1beta', '/upload/v1beta/files', '/upload/v1beta/files'],
    [
      'https://generativelanguage.googleapis.com/v1beta',
      '/v1beta/models/m:generateContent',
      '/v1beta/models/m:generateContent',
    ],
    ['https://api.openai.com/v1', '/v1', '/v1'],
  ])('at %s leads %s to %s', (base, path, wanted) => {
    expect(pathBelow(new URL(base), path, '?a=b')).toBe(`${wanted}?a=b`)
  })

  it('leads nowhere else, whatever it is', () => {
    const base = new URL('https://host.example/root/v1')
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webPath(), fc.stringMatching(/^(\/|\.|%2e|%2f|%5c|;|@|v1|a){0,12}$/)),
        (text) => {
          let path: string
          try {
            path = pathBelow(base, `/${text}`, '')
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid-request' })
            return
          }
          const { origin, pathname } = new URL(base.origin + path)
          expect(origin).toBe(base.origin)
          expect(pathname).toMatch(/^\/root\/(?:upload\/)?v1(?:\/|$)/)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is found again from the address that it led to', () => {
    const base = new URL('https://host.example/root/v1beta')
    for (const path of ['/v1/files/a', '/upload/v1/files']) {
      expect(pathTo(base, new URL(base.origin + pathBelow(base, path, '')))).toBe(path)
    }
    for (const away of [
      'https://host.example/root',
      'https://host.example/other',
      'http://host.example/root/v1beta/x',
      'https://u@host.example/root/v1beta/x',
    ]) {
      expect(pathTo(base, new URL(away))).toBeUndefined()
    }
  })
})
