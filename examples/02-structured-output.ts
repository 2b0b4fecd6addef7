import { feature, openSeam, prompt } from 'inseam'
import { z } from 'zod'

const triage = feature({
  name: 'triage-ticket',
  model: 'fast',
  input: z.object({ ticket: z.string().max(20_000) }),
  output: z.object({
    category: z.enum(['billing', 'delivery', 'account', 'other']),
    priority: z.enum(['low', 'medium', 'high', 'critical']),
    summary: z.string(),
    requires_escalation: z.boolean(),
  }),
  prompt: ({ ticket }) => prompt`Classify the support ticket.\n\n${ticket}`,
})

const seam = await openSeam()
// What comes back has passed the schema; what does not pass after one corrective turn is an error with both attempts in it.
const { output, corrected } = await seam.extract(triage, { ticket: 'I was charged twice and nobody answers!' })
console.log(output.category, output.priority, output.requires_escalation ? 'escalate' : 'routine')
console.log(corrected ? 'after a correction' : 'at the first attempt')
await seam.close()
