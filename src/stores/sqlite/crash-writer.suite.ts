/** Records, flushes and prints what was acknowledged, until it is killed. Started by the crash test. */
import { sampleAttempt, sampleCall } from '../sample-events.suite.ts'
import { openEventStore } from './event-store.ts'

const [path = '', prefix = ''] = process.argv.slice(2)
const store = await openEventStore({ path, flushIntervalMs: 1 })
for (let at = 0; ; ) {
  const batch = 1 + ((at * 7919) % 700)
  for (const end = at + batch; at < end; at++) {
    store.record(sampleCall(`call_${prefix}_${at}`))
    store.record(sampleAttempt(`attempt_${prefix}_${at}`, `call_${prefix}_${at}`))
  }
  await store.flush()
  process.stdout.write(`${at}\n`)
}
