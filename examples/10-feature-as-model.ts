import { openSeam } from 'inseam'
import { openGateway } from 'inseam/gateway'
import { triage } from './features/triage.feature.ts'

// `features: ./features` in inseam.yaml does the same for `inseam up`.
const seam = await openSeam()
const gateway = await openGateway({ pipeline: seam, features: [triage], port: 0 })

// What 10_feature_as_model.py sends: any SDK will do, in any language.
const response = await fetch(`${gateway.url}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    model: 'feature/triage-ticket',
    messages: [{ role: 'user', content: 'I was charged twice and want my money back.' }],
  }),
})
const { choices } = (await response.json()) as { choices: { message: { content: string } }[] }
console.log(choices[0]?.message.content)
await gateway.drain()
await seam.close()
