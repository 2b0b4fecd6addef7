import type { Delta } from '../core/delta.ts'
import type { Handler } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { targetOf } from './routed.ts'

/** The handler, asked for JSON of a schema at a target that takes it in this way. */
export function asking(structure: NonNullable<Target['structure']>, handler: Handler): Handler {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  return (call) =>
    handler({
      ...call,
      target: { ...targetOf(call), structure },
      request: { ...call.request, output: { type: 'json', schema, name: 'answer' } },
    })
}

/** A handler whose texts are written as the inputs of calls of a tool. */
export function calling(name: string, handler: Handler): Handler {
  return async function* calling(call) {
    const answer = handler(call)
    try {
      for (;;) {
        const step = await answer.next()
        if (step.done) return asCall(step.value, name)
        yield asCallDelta(step.value, name)
      }
    } finally {
      await answer.return(undefined as never)
    }
  }
}

function asCall(reply: Reply, name: string): Reply {
  const content = reply.content.map((block, index) =>
    block.type === 'text' ? ({ type: 'tool-call', id: `call_${index}`, name, input: block.text } as const) : block,
  )
  return { ...reply, content, text: '', ending: { type: 'completed', by: 'tool-calls' } }
}

function asCallDelta(delta: Delta, name: string): Delta {
  if (delta.type === 'text-delta') return { type: 'tool-input-delta', index: delta.index, json: delta.text }
  if (delta.type !== 'block-start') return delta
  return { ...delta, block: { type: 'tool-call', id: `call_${delta.index}`, name, input: '' } }
}
