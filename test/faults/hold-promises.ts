import { expect } from 'vitest'
import type { AttemptEvent } from '../../src/core/event.ts'
import { inputTokens, outputTokens } from '../../src/core/usage.ts'
import { errorCodes } from '../../src/errors/index.ts'
import type { InvoiceLine } from '../../src/simulator/index.ts'
import type { Way } from './catalogue.ts'
import { beforeContent, type Due, rightAt, type Word } from './due.ts'
import { type Cell, otherWords, ownWords, type Suffered } from './suffer.ts'

/** Holds what came of a call to the promises. */
export function holdPromises(way: Way, stated: Due, cell: Cell, suffered: Suffered): void {
  const { call, attempts, struck, sound } = suffered
  const atTarget = attempts.filter(({ provider }) => provider === 'struck')
  const wasPassedOn = call.firstTokenMs !== undefined && call.target?.startsWith('struck/')
  const due = wasPassedOn ? stated : beforeContent(stated)
  const right = rightAt(due, cell.position)
  expect([...right], whatCame(suffered)).toContain(wordOf(way, suffered))
  if (suffered.thrown !== undefined && call.outcome.errorCode !== 'aborted') isTyped(way, suffered, due, cell)
  if (way.leaves) expect(struck.at(-1)?.cancelled, 'the provider was left').toBe(true)

  const allowed = cell.position === 'on a retry' ? Math.max(2, due.attempts) : due.attempts
  expect(atTarget.length, 'attempts on the record').toBeLessThanOrEqual(allowed)
  const forNothing = way.closes && cell.position === 'on a retry' ? 1 : 0
  expect(struck.length, "attempts in the provider's log").toBeLessThanOrEqual(allowed + forNothing)
  if (due.rescue === false && cell.position === 'with a fallback') expect(sound, 'the fallback was asked').toEqual([])

  const open = [...struck, ...sound].filter(({ endedAt }) => endedAt === null)
  expect(open, 'left open at the provider').toEqual([])
  expect(call.attempts, 'attempts of the call').toBe(attempts.length)
  if (!way.liesAboutUsage) booksAreRight(suffered)
}

/** What the client was left with. An answer that is called whole and is not is none of the words. */
function wordOf(way: Way, { seen, thrown, call }: Suffered): Word | 'a broken answer presented as whole' {
  if (thrown !== undefined) return call.outcome.errorCode === 'aborted' ? 'left' : 'said'
  if (!seen?.isWhole) return seen?.ending === undefined ? 'a broken answer presented as whole' : 'ended'
  if (seen.text === otherWords) return 'other'
  const isAll = seen.text === ownWords || way.otherWords || (way.withTool && seen.tools.length > 0)
  return isAll && call.outcome.ending === 'completed' ? 'own' : 'a broken answer presented as whole'
}

/** A code of the table, a message that says what happened, and what to do about it; the same to the client as on the record. */
function isTyped({ waits }: Way, { thrown, call }: Suffered, { codes }: Due, { position }: Cell): void {
  const { errorCode = 'none', errorMessage = '' } = call.outcome
  expect(Object.keys(errorCodes)).toContain(errorCode)
  expect(errorCode, errorMessage).not.toBe('internal-error')
  // Where clocks run out, the whole call's may be the first of them.
  const mayBe = waits ? [...(codes ?? []), 'deadline-exceeded'] : codes
  if (codes && position !== 'with a fallback') expect(mayBe).toContain(errorCode)
  const told = thrown instanceof Error ? thrown.message.replaceAll('\\"', '"') : String(thrown)
  expect(told).toContain(errorMessage.split('\n')[0])
  expect(told.length, 'a fix after the message').toBeGreaterThan(errorMessage.length + 5)
}

/** Where usage arrived the books are the bill; where it did not, an estimate that says so, and never nothing. */
function booksAreRight({ attempts, invoice }: Suffered): void {
  const lines = new Map(invoice.map((line) => [line.id, line]))
  for (const attempt of attempts) {
    const line = lines.get(attempt.requestId ?? '')
    if (line) isBilled(line, attempt)
    const wasRefused = attempt.status !== undefined && attempt.status >= 300
    if (attempt.headersMs !== undefined && !wasRefused) {
      expect(inputTokens(attempt.usage), 'input in the books').toBeGreaterThan(0)
    }
  }
}

function isBilled(line: InvoiceLine, { usage, cost, outcome }: AttemptEvent): void {
  if (line.reportedUsage && outcome.ending !== 'error') expect(usage.source).toBe('measured')
  if (usage.source === 'estimated') {
    expect(line.reportedUsage && outcome.ending !== 'error').toBe(false)
    return
  }
  expect({
    uncachedInput: usage.inputUncached,
    cacheRead: usage.cacheRead,
    cacheWrite5m: usage.cacheWrite5m,
    cacheWrite1h: usage.cacheWrite1h,
    cacheWriteOther: usage.cacheWriteOther,
    output: outputTokens(usage),
    reasoning: usage.outputReasoning,
  }).toEqual(line.usage)
  expect(cost.nanoUsd).toBe(line.costNanoUsd)
}

function whatCame({ seen, thrown, call, attempts }: Suffered): string {
  const client = thrown === undefined ? JSON.stringify(seen) : String(thrown)
  const record = attempts.map(({ provider, outcome, totalMs }) => [provider, outcome, totalMs])
  return `${client}\n${JSON.stringify(call.outcome)}\n${JSON.stringify(record)}`
}
