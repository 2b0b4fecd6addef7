import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallEvent } from '../core/event.ts'
import { sampleCall } from '../stores/sample-events.suite.ts'
import { createDashboardReader, openEventStore } from '../stores/sqlite/index.ts'
import { type CallFilters, wantsCall } from './call-filters.ts'

/** Few words, so that filters match now and then; with what SQL and LIKE take for something else. */
const word = fc.constantFrom('a', 'A', 'ab', 'É', 'é', '%', '_', '\\', "'", 'b%a')
const absent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const calls = fc.array(
  fc.record({
    feature: absent(word),
    model: word,
    target: absent(word),
    source: fc.constantFrom('provider', 'rule'),
    errorCode: absent(word),
  }),
  { minLength: 1, maxLength: 12 },
)

const filters = fc.record({
  feature: absent(fc.oneof(word, fc.constant(''))),
  model: absent(word),
  source: absent(fc.constantFrom('provider', 'rule')),
  status: absent(fc.constantFrom('ok', 'error')),
  errorCode: absent(word),
  door: absent(fc.constantFrom('gateway', 'library')),
  text: absent(word),
}) as fc.Arbitrary<CallFilters>

function callOf(index: number, { errorCode, ...fields }: { errorCode?: string | undefined }): CallEvent {
  const outcome =
    errorCode === undefined ? {} : { outcome: { ending: 'error', errorCode, errorMessage: `${errorCode}!` } }
  return sampleCall(`c${index}`, { ...fields, ...outcome } as Partial<CallEvent>)
}

test('the live list wants the calls that the record would list', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-filters-'))
  let files = 0
  try {
    await fc.assert(
      fc.asyncProperty(calls, fc.array(filters, { minLength: 10, maxLength: 10 }), async (fields, asked) => {
        const path = join(folder, `${files++}.db`)
        const events = fields.map((one, index) => callOf(index, one))
        await using store = await openEventStore({ path })
        for (const event of events) store.record(event)
        await store.flush()
        await using reader = createDashboardReader({ at: { path } })
        for (const one of asked) {
          const recorded = await reader.ask('calls', { ...one, limit: 50 })
          const live = events.filter(wantsCall(one))
          expect(recorded.calls.map(({ callId }) => callId).reverse()).toEqual(live.map(({ callId }) => callId))
        }
      }),
      { numRuns: 15 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
