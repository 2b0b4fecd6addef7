import { z } from 'zod'
import { documents, type Feature, feature, prompt, tool } from '../../index.ts'
import { helpCentre } from './help-centre.ts'

/** Answers a question from the help centre, with citations that were checked. */
export function helpdeskFeature(indexPath: string): Feature<{ readonly question: string }> {
  return feature({
    name: 'helpdesk',
    model: 'smart',
    documents: documents(helpCentre, { index: indexPath, name: 'help-centre', sources: 3 }),
    prompt: ({ question }) => prompt`${question}`,
  })
}

/** Drafts a reply, streamed to the person who is going to send it. */
export const draftReply: Feature<{ readonly question: string }> = feature({
  name: 'draft-reply',
  model: 'fast',
  maxOutputTokens: 300,
  prompt: ({ question }) => prompt`Draft a short and friendly reply to this customer. Promise nothing.\n\n${question}`,
})

/** Looks after a customer's card: reads freely, and acts within limits. */
export const cardAgent: Feature<{ readonly message: string }> = feature({
  name: 'card-agent',
  model: 'smart',
  tools: [
    tool({
      name: 'get_card_status',
      description: 'Look up where a card is and whether it works, by card id.',
      input: z.object({ card_id: z.string().describe('The card, such as C-1001.') }),
      timeoutMs: 1_000,
      run: ({ card_id }) => ({ card_id, status: 'on its way', arrives: 'within three working days' }),
    }),
    tool({
      name: 'block_card',
      description: 'Block a lost or stolen card, by card id. It cannot be opened again.',
      input: z.object({ card_id: z.string(), reason: z.string() }),
      timeoutMs: 1_000,
      run: ({ card_id }) => ({ card_id, status: 'blocked' }),
    }),
  ],
  limits: { steps: 4, totalMs: 20_000, costUsd: 0.05 },
  prompt: ({ message }) => prompt`${message}`,
})

/** What customers write to the agent. */
export const agentMessages: readonly string[] = [
  'What is the status of card C-1001?',
  'Please block card C-2002, it was stolen.',
  'Where is card C-3003? What is its status?',
]
