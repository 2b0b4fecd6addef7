import { describe, expect, it } from 'vitest'
import type { Delta } from '../core/delta.ts'
import { drain, type Handler } from '../core/handler.ts'
import type { ModelRequest } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { StreamInterrupted } from '../errors/index.ts'
import { aCall, anUsage, aReply, aTarget, fail, read, readError, reply, type Step, scripted } from './scripted.suite.ts'
import { structure } from './structure.ts'

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { a: { type: 'string', minLength: 2 }, b: { type: 'number' } },
  required: ['a'],
}
const clock = createVirtualClock()
const asking = (request: Partial<ModelRequest> = {}, target: Partial<Target> = {}) =>
  aCall(clock, {
    request: { output: { type: 'json', schema, name: 'thing', acceptsNullForAbsent: true }, ...request },
    target: aTarget('lab/a', target),
  })
const run = (script: readonly Step[], call = asking({}, { structure: 'tool' })) => {
  const inner = scripted(clock, script)
  return { inner, call, answer: structure()(inner.handler)(call) }
}
/** What the target is asked, and what the story says of it. */
async function asked(
  request: Partial<ModelRequest> = {},
  target: Partial<Target> = {},
  wire?: 'openai-chat' | 'anthropic-messages',
) {
  const call = { ...asking(request, target), ...(wire && { wire: { dialect: wire, body: '{}', headers: {} } }) }
  const { inner, answer } = run([reply()], call)
  await drain(answer)
  const { moments, losses } = call.story
  return {
    request: inner.calls[0]?.request,
    moment: moments[0],
    losses: losses.map(({ effect, path }) => `${effect} ${path}`),
  }
}
const toolStart = (index: number, name = 'thing'): Delta => ({
  type: 'block-start',
  index,
  block: { type: 'tool-call', id: `call_${index}`, name, input: '' },
})
const input = (index: number, json: string): Delta => ({ type: 'tool-input-delta', index, json })
const textStart = (index: number): Delta => ({ type: 'block-start', index, block: { type: 'text', text: '' } })
const text = (index: number, text: string): Delta => ({ type: 'text-delta', index, text })
const end = (index: number): Delta => ({ type: 'block-end', index })
const called = reply({
  content: [
    { type: 'text', text: 'I will.' },
    { type: 'tool-call', id: 'call_1', name: 'thing', input: '{"a":"bc"}' },
    { type: 'tool-call', id: 'call_2', name: 'thing', input: '{"a":"de"}' },
  ],
  ending: { type: 'completed', by: 'tool-calls' },
})

describe('what a target is asked', () => {
  it('is the strict form of the schema where the target has structured output', async () => {
    const { request, moment, losses } = await asked()
    expect(request?.output).toMatchObject({
      strict: true,
      schema: { required: ['a', 'b'], additionalProperties: false },
    })
    expect(moment).toMatchObject({ type: 'structure-asked', by: 'native', strict: true })
    expect(losses).toEqual([])
    const other = await asked({}, { dialect: 'anthropic-messages' })
    expect(other.request?.output).toMatchObject({ strict: true, schema: { required: ['a'] } })
    expect(other.losses).toEqual(['dropped output.schema.properties.a.minLength'])
  })

  it('is not strict where its nulls would be taken for values', async () => {
    const output = { type: 'json', schema, name: 'thing' } as const
    const { request, moment, losses } = await asked({ output })
    expect(request?.output).toEqual({ ...output, schema: { ...schema, $schema: undefined }, strict: false })
    expect(moment).toMatchObject({ strict: false, because: 'its optional properties would have to be null' })
    expect(losses).toEqual(['approximated output.schema'])
  })

  it('is a tool that must be called', async () => {
    const { request, moment } = await asked({}, { structure: 'tool' })
    const { $schema: _, ...inputSchema } = schema
    expect(request).toMatchObject({
      tools: [{ name: 'thing', inputSchema }],
      toolChoice: { type: 'tool', name: 'thing' },
      parallelToolCalls: false,
    })
    expect(request?.output).toBeUndefined()
    expect(moment).toMatchObject({ by: 'tool', strict: false })
  })

  it.each<[string, Partial<ModelRequest>]>([
    ['it has tools of its own', { tools: [{ name: 'own', inputSchema: {} }] }],
    ['a tool of the provider is among them', { providerTools: [{ dialect: 'openai-chat', value: {} }] }],
    ['the model thinks', { reasoning: { budgetTokens: 1_024 } }],
    ['the schema is no object', { output: { type: 'json', schema: { type: 'array', items: { type: 'string' } } } }],
  ])('is no tool where %s', async (_, request) => {
    const { moment, request: sent } = await asked(request, { structure: 'tool' })
    expect(moment).toMatchObject({ by: 'instructions', because: expect.any(String) })
    expect(sent?.tools).toEqual(request.tools)
  })

  it('is told in words behind the leading system messages', async () => {
    const system = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] } as const
    const user = { role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const
    const { request, losses } = await asked({ messages: [system, user] }, { structure: 'instructions' })
    expect(request?.messages).toEqual([
      system,
      { role: 'system', content: [{ type: 'text', text: expect.stringContaining('"minLength":2') }] },
      user,
    ])
    expect(request?.output).toBeUndefined()
    expect(losses).toEqual(['approximated output'])
    const json = await asked({ messages: [user] }, { structure: 'json-mode' })
    expect(json.request?.output).toEqual({ type: 'json' })
    expect(json.request?.messages[0]?.role).toBe('system')
  })

  it('is JSON without a schema in the way that the dialect has', async () => {
    const output = { type: 'json' } as const
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'As JSON, please.' }] }]
    const told = await asked({ output, messages })
    expect(told).toMatchObject({ request: { output, messages }, moment: { by: 'json-mode' }, losses: [] })
    const untold = await asked({ output }, {}, 'anthropic-messages')
    expect(untold).toMatchObject({
      request: { output },
      moment: { by: 'json-mode' },
      losses: ['approximated output_config.format'],
    })
    expect(untold.request?.messages[0]).toMatchObject({ role: 'system' })
    const other = await asked({ output }, { dialect: 'anthropic-messages' }, 'openai-chat')
    expect(other).toMatchObject({ moment: { by: 'instructions' }, losses: ['approximated response_format'] })
    expect(other.request?.messages[0]?.role).toBe('system')
  })

  it('is left as it is where nothing is asked for, and where the bytes are the client’s own', async () => {
    const plain = await asked({ output: undefined })
    expect(plain.moment).toBeUndefined()
    const passed = await asked({}, { structure: 'tool' }, 'openai-chat')
    expect(passed.request?.output).toMatchObject({ schema })
    expect(passed.moment).toBeUndefined()
  })

  it('is named in the words of the dialect that said it', async () => {
    const { losses } = await asked({}, { dialect: 'anthropic-messages' }, 'openai-chat')
    expect(losses).toEqual(['dropped response_format.json_schema.schema.properties.a.minLength'])
  })
})

describe('a forced tool', () => {
  it('comes back as the text of a whole reply, and nothing beside it does', async () => {
    const { answer } = run([called], asking({ stream: false }, { structure: 'tool' }))
    expect(await drain(answer)).toMatchObject({
      content: [{ type: 'text', text: '{"a":"bc"}' }],
      text: '{"a":"bc"}',
      ending: { type: 'completed', by: 'end' },
      rawStop: 'stop',
    })
  })

  it('comes back as the text of a stream, its blocks numbered anew', async () => {
    const thought: Delta = {
      type: 'block-start',
      index: 1,
      block: { type: 'thinking', text: '', dialect: 'openai-chat' },
    }
    const { answer } = run([
      textStart(0),
      text(0, 'I will.'),
      end(0),
      thought,
      end(1),
      toolStart(2),
      input(2, '{"a":'),
      input(2, '"bc"}'),
      end(2),
      toolStart(3),
      input(3, '{}'),
      end(3),
      textStart(4),
      text(4, 'Done.'),
      end(4),
      called,
    ])
    const { deltas, reply: whole } = await read(answer)
    expect(deltas).toEqual([{ ...thought, index: 0 }, end(0), textStart(1), text(1, '{"a":'), text(1, '"bc"}'), end(1)])
    expect(whole?.text).toBe('{"a":"bc"}')
  })

  it('that is not called leaves the words, at the end', async () => {
    const { answer } = run([textStart(0), text(0, '{"a":"bc"}'), end(0), reply({ text: '{"a":"bc"}' })])
    const { deltas, reply: whole } = await read(answer)
    expect(deltas).toEqual([textStart(0), text(0, '{"a":"bc"}'), end(0)])
    expect(whole).toMatchObject({ text: '{"a":"bc"}' })
  })

  it('leaves another tool’s call a call, and a refusal a refusal', async () => {
    const { answer } = run([
      toolStart(0, 'own'),
      input(0, '{}'),
      end(0),
      reply({ ending: { type: 'completed', by: 'tool-calls' } }),
    ])
    const { deltas, reply: whole } = await read(answer)
    expect(deltas).toEqual([toolStart(0, 'own'), input(0, '{}'), end(0)])
    expect(whole?.ending).toEqual({ type: 'completed', by: 'tool-calls' })
  })

  it('begins again where the answer does', async () => {
    const restart: Delta = { type: 'restart', reason: 'cut' }
    const { answer } = run([
      toolStart(0),
      input(0, '{"a"'),
      restart,
      textStart(0),
      text(0, 'Hm.'),
      toolStart(1),
      input(1, '{}'),
      end(1),
      called,
    ])
    const { deltas } = await read(answer)
    expect(deltas).toEqual([textStart(0), text(0, '{"a"'), restart, textStart(0), text(0, '{}'), end(0)])
  })

  it('that breaks off has its input as text in the error', async () => {
    const broken = new StreamInterrupted('lab/a', 'the end of the stream')
    broken.arrived = {
      content: [{ type: 'tool-call', id: 'call_0', name: 'thing', input: '{"a"' }],
      usage: anUsage,
      cost: aReply().cost,
    }
    const error = await readError(run([toolStart(0), input(0, '{"a"'), fail(broken)]).answer)
    expect(error).toBe(broken)
    expect(error.arrived?.content).toEqual([{ type: 'text', text: '{"a"' }])
  })
})

it('adds no generator to an answer whose tool is not forced, once it has loaded what it takes', async () => {
  const stage = structure()
  await read(stage(() => run([reply()]).answer)(asking()))
  const answer = run([reply()]).answer
  const next: Handler = () => answer
  expect(stage(next)(asking())).toBe(answer)
})
