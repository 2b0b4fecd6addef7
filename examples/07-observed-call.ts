import { feature, openSeam, prompt } from 'inseam'
import { loadConfig } from 'inseam/config'
import { openEventReader } from 'inseam/stores'

const ask = feature({
  name: 'ask',
  model: 'fast',
  prompt: ({ question }: { question: string }) => prompt`${question}`,
})

const config = await loadConfig()
const seam = await openSeam({ config })
await seam.complete(ask, { question: 'How do I change my password?' }, { tenant: 'acme', user: 'u-17', tags: ['beta'] })
await seam.close()

// Every call is an event whether anybody logs it or not; the record is SQL: `inseam events sql "select …"` asks the same.
const record = openEventReader({ path: config.events.path })
const { rows } = record.query(`
  select feature, tenant, target, ending, input_tokens, output_tokens, total_ms >= 0 as timed, cost_nano_usd
  from v_calls order by started_at desc limit 1`)
console.log(rows[0])
record.close()
