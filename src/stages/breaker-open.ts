import type { Call } from '../core/call.ts'
import { milliseconds } from '../core/figures.ts'
import type { Target } from '../core/target.ts'
import { InseamError } from '../errors/index.ts'
import type { Refusal } from './breaker.ts'
import { aliasOf } from './routed.ts'

/** The failure of a call that an open breaker does not let through; its story has it too. */
export function breakerOpen({ retryInMs, because }: Refusal, { name }: Target, call: Call): InseamError {
  call.story.note({ type: 'breaker-open', target: name, retryInMs })
  const leftMs = milliseconds(Math.ceil(retryInMs))
  return new InseamError(
    'breaker-open',
    `${name} is not asked: its circuit breaker is open, after "${because}", and lets its next probe through in ${leftMs}.`,
    {
      fix: `Look at its last failures (\`inseam explain\`); add a target to "${aliasOf(call).name}" to fall back to.`,
      retryAfterMs: retryInMs,
    },
  )
}
