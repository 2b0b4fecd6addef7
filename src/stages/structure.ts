import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import type { OutputFormat } from '../core/request.ts'
import { asInseamError, type InseamError, isInseamError, tellLosses } from '../errors/index.ts'
import { planStructure } from '../structured/plan-structure.ts'
import { targetOf } from './routed.ts'
import { answerOfTool, endingOfTool, textOfTool } from './tool-as-text.ts'

/**
 * Asks the target for the shape that the answer must have in the way that it takes: by its own structured output, by a tool that
 * it must call, or in words; what was asked, and what the provider will not enforce, stands in the story. A forced tool's input comes
 * back as text, so that all above see one thing: JSON as text. Passes on what asks for no shape, and the client's own bytes.
 * Stands right above `attempt`, for the target and the request that it gets must be known.
 */
export function structure(): Stage {
  return (next) =>
    function structure(call) {
      const { output } = call.request
      if (!output || call.wire?.dialect === targetOf(call).dialect) return next(call)
      let plan: ReturnType<typeof ask>
      try {
        plan = ask(call, output)
      } catch (thrown) {
        return refused(asInseamError(thrown))
      }
      const { asked, tool } = plan
      return tool === undefined || call.request.operation ? next(asked) : asText(next(asked), tool)
    }
}

// biome-ignore lint/correctness/useYield: an answer that never comes
async function* refused(error: InseamError): AsyncGenerator<Delta, Reply, void> {
  throw error
}

function ask(call: Call, output: OutputFormat): { readonly asked: Call; readonly tool?: string } {
  const { by, isStrict, because, request, tool, losses } = planStructure(
    call.request,
    output,
    targetOf(call),
    call.wire?.dialect,
  )
  call.story.note({ type: 'structure-asked', by, strict: isStrict, ...(because !== undefined && { because }) })
  tellLosses(call, targetOf(call), losses)
  return { asked: { ...call, request }, ...(tool !== undefined && { tool }) }
}

async function* asText(answer: AsyncGenerator<Delta, Reply, void>, tool: string): AsyncGenerator<Delta, Reply, void> {
  const { push, end } = answerOfTool(tool)
  let isOpen = true
  try {
    for (;;) {
      const step = await answer.next()
      if (!step.done) {
        yield* push(step.value)
        continue
      }
      isOpen = false
      yield* end()
      return endingOfTool(step.value, tool)
    }
  } catch (thrown) {
    if (isInseamError(thrown) && thrown.arrived) {
      thrown.arrived = { ...thrown.arrived, content: textOfTool(thrown.arrived.content, tool) }
    }
    throw thrown
  } finally {
    if (isOpen) await close(answer)
  }
}
