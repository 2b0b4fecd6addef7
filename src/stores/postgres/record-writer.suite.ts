/** Records, flushes and prints what was acknowledged, until it is killed. Started by the tests of losing things. */
import { sampleAttempt, sampleCall } from '../sample-events.suite.ts'
import { openPostgresEventStore } from './event-store.ts'

const [url = '', spool = '', prefix = ''] = process.argv.slice(2)
const store = await openPostgresEventStore({
  url,
  spool: { path: spool, maxBytes: 2 ** 30 },
  flushIntervalMs: 5,
})
for (let at = 0; ; ) {
  for (const end = at + 100; at < end; at++) {
    store.record(sampleCall(`call_${prefix}_${at}`))
    store.record(sampleAttempt(`attempt_${prefix}_${at}`, `call_${prefix}_${at}`))
  }
  await store.flush()
  process.stdout.write(`${at}\n`)
}
