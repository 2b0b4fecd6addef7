import { expect, it } from 'vitest'
import { type CodeFacts, type ErrorCode, errorCodes } from './codes.ts'

const all = Object.entries(errorCodes) as readonly (readonly [ErrorCode, CodeFacts])[]

it.each(all)('%s says what it means, and which status the gateway gives it', (code, { meaning, status }) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
  expect(meaning).toMatch(/^[A-Z].*\.$/)
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(600)
})

/** What one target's dialect cannot say, or nobody has a price for, may suit the next. */
const ofOneTarget: readonly ErrorCode[] = ['translation-refused', 'operation-unsupported', 'price-unknown']

it.each(all)('%s never asks to repeat what the caller got wrong', (code, { status, advice, tripsBreaker }) => {
  const isCallers = status < 500 && status !== 429 && status !== 404
  const expected = ofOneTarget.includes(code) ? 'fall-back' : 'stop'
  if (isCallers) expect({ advice, tripsBreaker }).toEqual({ advice: expected, tripsBreaker: false })
})

it.each(all)('%s opens no breaker where nobody else could do better', (_code, { advice, tripsBreaker }) => {
  if (advice === 'stop') expect(tripsBreaker).toBe(false)
})

it('asks to wait for a rate limit alone, and not to wait for a quota', () => {
  expect(all.filter(([, { advice }]) => advice === 'wait').map(([code]) => code)).toEqual(['rate-limited'])
  expect(errorCodes['quota-exhausted'].advice).toBe('fall-back')
})

it('answers 429 only where a provider or an operator asked for less', () => {
  const codes = all.filter(([, { status }]) => status === 429).map(([code]) => code)
  expect(codes).toEqual(['rate-limited', 'quota-exhausted', 'limit-exceeded'])
})

it('retries the same target only for failures that pass', () => {
  const again = all.filter(([, { advice }]) => advice.startsWith('retry')).map(([code]) => code)
  expect(again).toEqual([
    'connection-failed',
    'server-error',
    'overloaded',
    'model-not-ready',
    'provider-timed-out',
    'conflict',
    'reply-unreadable',
    'reply-botched',
    'stream-interrupted',
  ])
})
