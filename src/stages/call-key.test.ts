import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Caller } from '../core/caller.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { callKey } from './call-key.ts'
import { aCall, anAlias, aTarget } from './scripted.suite.ts'

const clock = createVirtualClock()
const keyOf = (changes: Parameters<typeof aCall>[1]) => callKey(aCall(clock, changes))
const wire = { dialect: 'openai-chat', body: '{"model":"fast","messages":[]}', headers: {} } as const

const word = fc.oneof(fc.constantFrom('a', 'b', '', 'null', '"', '["a"]', 'a","b'), fc.string())
const scope: fc.Arbitrary<Pick<Caller, 'tenant' | 'keyId' | 'feature'>> = fc.record(
  { tenant: word, keyId: word, feature: word },
  { requiredKeys: [] },
)
const same = (left: Caller, right: Caller) =>
  left.tenant === right.tenant && left.keyId === right.keyId && left.feature === right.feature

it('is never shared by two scopes, whatever they are called', () => {
  fc.assert(
    fc.property(scope, scope, (left, right) => {
      expect(keyOf({ caller: left, wire }) === keyOf({ caller: right, wire })).toBe(same(left, right))
    }),
    { numRuns: 1_000 },
  )
})

it('is shared by users, sessions, tags, traces and hurry of one scope', () => {
  const caller = { tenant: 'acme', feature: 'triage' }
  const other = { ...caller, user: 'ann', session: 's1', tags: ['x'] }
  expect(keyOf({ caller, id: 'call_1' })).toBe(keyOf({ caller: other, id: 'call_2', traceId: 't', timeoutMs: 100 }))
})

it.each([
  ['another question', { request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Ho' }] }] } }],
  ['another temperature', { request: { temperature: 0 } }],
  ['a translation that may lose nothing', { translation: 'strict' as const }],
  ['another way on from a broken stream', { onInterrupted: 'restart' as const }],
  ['a stream or not', { request: { stream: false } }],
  ['another output limit', { request: { maxOutputTokens: 5 } }],
  ['a tool', { request: { tools: [{ name: 'search', inputSchema: {} }] } }],
  ['an extension of a dialect', { request: { extensions: { 'openai-chat': { logprobs: true } } } }],
  ['another alias', { alias: anAlias({ name: 'smart' }) }],
  ['other targets', { alias: anAlias({ targets: [aTarget('lab/b')] }) }],
  ["the client's bytes", { wire }],
] as const)('differs for %s', (_what, changes) => {
  expect(keyOf(changes)).not.toBe(keyOf({}))
})

it.each([
  ['one byte', { ...wire, body: `${wire.body} ` }],
  ['a header of the dialect', { ...wire, headers: { 'openai-beta': 'x' } }],
  ['the place in the dialect', { ...wire, path: '/embeddings' }],
  ['the dialect', { ...wire, dialect: 'anthropic-messages' }],
] as const)("differs for %s of the client's request", (_what, other) => {
  expect(keyOf({ wire: other })).not.toBe(keyOf({ wire }))
})
