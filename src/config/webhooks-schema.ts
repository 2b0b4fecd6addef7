// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { map } from './map.ts'
import { duration, second } from './measures.ts'
import { secret } from './scalar.ts'

const webhook = map({
  url: secret('URL').describe('Where messages are sent by POST: https://hooks.example.com/inseam.'),
  secret: secret('secret').describe(
    'What messages are signed with, as Standard Webhooks has it: "${WEBHOOK_SECRET}", whsec_ and 24 to 64 bytes in base64.',
  ),
  timeout: duration(100, 60 * second)
    .optional()
    .describe('How long a delivery may take before it is tried again. Default 10s.'),
})

/** Who is told when a budget reaches a share of its limit. */
export const webhooks = z.array(webhook)
