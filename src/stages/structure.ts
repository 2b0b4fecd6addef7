import type { Call } from '../core/call.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { OutputFormat } from '../core/request.ts'
import { targetOf } from './routed.ts'

/**
 * Asks the target for the shape that the answer must have in the way that it takes: by its own structured output, by a tool that
 * it must call, or in words; what was asked, and what the provider will not enforce, stands in the story. A forced tool's input comes
 * back as text, so that all above see one thing: JSON as text. Passes on what asks for no shape, and the client's own bytes.
 * Stands right above `attempt`, for the target and the request that it gets must be known. What it takes loads with the first call
 * that asks for a shape.
 */
export function structure(): Stage {
  let loaded: typeof import('./ask-structure.ts') | undefined
  return (next) => {
    async function* load(call: Call, output: OutputFormat): ReturnType<Handler> {
      loaded = await import('./ask-structure.ts')
      return yield* loaded.askForStructure(next, call, output)
    }
    return function structure(call) {
      const { output } = call.request
      if (!output || call.wire?.dialect === targetOf(call).dialect) return next(call)
      return loaded ? loaded.askForStructure(next, call, output) : load(call, output)
    }
  }
}
