import { feature, prompt } from 'inseam'
import { z } from 'zod'

const Triage = z.object({
  category: z.enum(['billing', 'delivery', 'account', 'other']),
  priority: z.enum(['low', 'medium', 'high', 'critical']),
  requires_escalation: z.boolean(),
})

type Triage = z.infer<typeof Triage>

const nothingToDo: Triage = { category: 'other', priority: 'low', requires_escalation: false }

/** Decided before, by a person: nobody asks a model again. */
const decided: ReadonlyMap<string, Triage> = new Map([
  ['where is my parcel?', { category: 'delivery', priority: 'low', requires_escalation: false }],
  ['how do i change my password?', { category: 'account', priority: 'low', requires_escalation: false }],
])

/** A support ticket, sorted: by a rule, by what is known, and only then by a model. */
export const triage = feature({
  name: 'triage-ticket',
  model: 'fast',
  input: z.object({ ticket: z.string().max(20_000) }),
  output: Triage,
  decide: ({ rule, lookup }) => [
    rule('empty ticket', ({ ticket }) => ticket.trim() === '', nothingToDo),
    lookup('decided before', ({ ticket }) => decided.get(ticket.trim().toLowerCase())),
  ],
  prompt: ({ ticket }) => prompt`Classify the support ticket.\n\n${ticket}`,
})
