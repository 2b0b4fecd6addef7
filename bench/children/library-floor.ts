import { Pool } from 'undici'
import { model, placeholderKey, question, reply, system } from '../workload.ts'
import { deltaText } from './answers.ts'
import { cpuPerPiece } from './cpu.ts'
import { checkLength, type LibraryCommands } from './library.ts'
import { serve } from './serve.ts'

const headers = { 'content-type': 'application/json', authorization: `Bearer ${placeholderKey}` }
const messages = [
  { role: 'system', content: system },
  { role: 'user', content: `Answer the customer.\n\n${question}` },
]
let pool: Pool

/** The least that a client can do: undici, `JSON.parse`, and for streams a split at blank lines. */
const ask = (more: object) =>
  pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    headers,
    body: JSON.stringify({ model, messages, ...more }),
  })

serve({
  open(upstreamPort) {
    pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: null })
  },
  calls: (count, concurrency) =>
    cpuPerPiece(count, concurrency, async () => {
      const { body } = await ask({})
      const answer = JSON.parse(await body.text())
      checkLength(answer.choices[0].message.content.length, reply.length)
    }),
  async streams(count, concurrency, deltas) {
    const perStream = await cpuPerPiece(count, concurrency, async () => {
      const { body } = await ask({ stream: true })
      let length = 0
      let rest = ''
      for await (const bytes of body) {
        const events = (rest + bytes.toString('utf8')).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          if (event !== 'data: [DONE]') length += JSON.parse(event.slice(6)).choices[0]?.delta.content?.length ?? 0
        }
      }
      checkLength(length, deltas * deltaText.length)
    })
    return perStream / deltas
  },
} satisfies LibraryCommands)
