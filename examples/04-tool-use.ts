import { feature, openSeam, prompt, tool } from 'inseam'
import { z } from 'zod'

const getOrderStatus = tool({
  name: 'get_order_status',
  description: 'Fetch current status of a customer order by order ID.',
  input: z.object({ order_id: z.string().describe('The order identifier') }),
  timeoutMs: 2_000,
  run: async ({ order_id }) => ({ order_id, status: 'shipped', eta: '2026-05-08' }),
})

const issueRefund = tool({
  name: 'issue_refund',
  description: 'Issue a partial or full refund for an order.',
  input: z.object({ order_id: z.string(), amount: z.number().positive().max(100), reason: z.string() }),
  run: async () => ({ success: true, refund_id: 'ref_abc123' }),
})

const support = feature({
  name: 'support-agent',
  model: 'smart',
  tools: [getOrderStatus, issueRefund],
  limits: { steps: 5, totalMs: 30_000, costUsd: 0.05 },
  prompt: ({ message }: { message: string }) => prompt`${message}`,
})

const seam = await openSeam()
const run = await seam.act(support, { message: 'What is the status of order A-1001?' })
for (const { tool, outcome } of run.steps) console.log(`${tool}: ${outcome}`)
console.log(run.type === 'finished' ? run.text : `stopped by ${run.by}: ${run.detail}`)
await seam.close()
