import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Handler } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import type { OutputFormat } from '../core/request.ts'
import { asInseamError, type InseamError, isInseamError, tellLosses } from '../errors/index.ts'
import { planStructure } from '../structured/plan-structure.ts'
import { targetOf } from './routed.ts'
import { answerOfTool, endingOfTool, textOfTool } from './tool-as-text.ts'

/** The answer of a target that is asked for the shape; adds no generator to one whose tool is not forced. */
export function askForStructure(next: Handler, call: Call, output: OutputFormat): ReturnType<Handler> {
  let plan: ReturnType<typeof ask>
  try {
    plan = ask(call, output)
  } catch (thrown) {
    return refused(asInseamError(thrown))
  }
  const { asked, tool } = plan
  return tool === undefined || call.request.operation ? next(asked) : asText(next(asked), tool)
}

// biome-ignore lint/correctness/useYield: an answer that never comes
async function* refused(error: InseamError): ReturnType<Handler> {
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
