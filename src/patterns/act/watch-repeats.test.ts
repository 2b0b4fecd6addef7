import { describe, expect, it } from 'vitest'
import type { StepAnswer } from './run-step.ts'
import type { Step } from './run-turn.ts'
import { watchRepeats } from './watch-repeats.ts'

const step = (name: string, input: string, answer: Partial<StepAnswer> = {}): Step => ({
  block: { type: 'tool-call', id: 'id', name, input },
  answer: { outcome: 'done', text: 'same', ...answer },
  event: {
    type: 'step',
    schemaVersion: 1,
    stepId: 'step_1',
    runId: 'run_1',
    callId: 'call_1',
    ordinal: 1,
    tool: name,
    startedAt: 0,
    totalMs: 0,
    outcome: 'done',
  },
})
/** Which turn stops the run, from 1; 0 for none. */
function stopsAt(...turns: readonly (readonly Step[])[]): number {
  const watch = watchRepeats()
  return turns.findIndex((steps) => watch(steps) !== undefined) + 1
}
const same = step('a', '{"x":1,"y":{"p":1,"q":2}}')

describe('a model that repeats itself', () => {
  it('is stopped in the third turn, however it writes its arguments, and whatever it asks for beside', () => {
    const other = step('a', '{ "y": {"q": 2, "p": 1}, "x": 1 }')
    expect(stopsAt([same], [same], [same])).toBe(3)
    expect(stopsAt([same, step('b', '1')], [step('b', '2'), other], [same])).toBe(3)
    expect(stopsAt([step('a', '{"x')], [step('a', '{"x')], [step('a', '{"x')])).toBe(3)
  })

  it('is not one that asks for something else, gets something else, or pauses in between', () => {
    expect(stopsAt([same], [same], [step('a', '{"x":2}')], [same], [same])).toBe(0)
    expect(stopsAt([same], [same], [step(same.block.name, same.block.input, { text: 'other' })], [same])).toBe(0)
    expect(stopsAt([same, same, same], [same, same])).toBe(0)
  })

  it('is known by what a tool threw, not by the reference that the model got', () => {
    const failed = (reference: string, errorMessage: string) =>
      step('a', '{}', { outcome: 'failed', text: reference, errorMessage })
    expect(stopsAt([failed('1', 'no')], [failed('2', 'no')], [failed('3', 'no')])).toBe(3)
    expect(stopsAt([failed('1', 'no')], [failed('2', 'no')], [failed('3', 'never')])).toBe(0)
  })
})
