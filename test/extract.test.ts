import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Config } from '../src/config.ts'
import { drain } from '../src/core/handler.ts'
import type { CallInput, Pipeline } from '../src/core/pipeline.ts'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import { type ExtractPart, feature, InseamError, lookup, OutputInvalid, prompt, rule } from '../src/index.ts'
import { extract } from '../src/patterns/extract/extract.ts'
import type { Feature } from '../src/patterns/feature.ts'
import type { Scenario } from '../src/simulator/index.ts'
import { schemas } from '../src/structured/schemas.suite.ts'
import type { Quirks } from '../src/wire/codec.ts'
import { alias, all, openStand, type Stand, type StandOptions } from './stand.ts'

const ticket = z.object({
  category: z.enum(['billing', 'delivery', 'account', 'other']),
  tags: z.array(z.string()).min(1),
  summary: z.string().min(3),
  order: z.string().optional(),
  urgent: z.boolean(),
})
const triage = feature({
  name: 'triage ticket',
  model: 'simulator/sim-small',
  input: z.object({ text: z.string() }),
  output: ticket,
  prompt: ({ text }) => prompt`Classify the support ticket.\n\n${text}`,
})
const input = { text: 'My delivery has not arrived.' }

const providers = ['simulator', 'simulator-anthropic'] as const
const ways = {
  native: 'json_schema',
  tool: 'tool',
  'json-mode': 'json_object',
  instructions: 'none',
} as const satisfies Record<string, Quirks['structuredOutput']>
const taking =
  (structuredOutput: Quirks['structuredOutput']) =>
  (config: Config): Config => ({
    ...config,
    providers: config.providers.map((provider) => ({ ...provider, quirks: { structuredOutput } })),
  })
const open = (options: StandOptions = {}) =>
  openStand({ ...options, simulator: { keepBodies: true, ...options.simulator } })
// biome-ignore lint/suspicious/noExplicitAny: bodies of two dialects
const bodies = ({ simulator }: Stand): any[] => simulator.log().map(({ body }) => body)
const failure = async (work: Promise<unknown>): Promise<InseamError> => {
  const error = await work.then(
    (value) => value,
    (thrown: unknown) => thrown,
  )
  if (error instanceof InseamError) return error
  throw new Error(`Expected an InseamError, got ${JSON.stringify(error)}.`)
}
/** The model says one thing after the other, and the last one ever after. */
const says = (...replies: readonly (string | { readonly refusal: string })[]): Scenario => ({
  rules: replies.map((reply, index) => ({
    when: { request: { from: 1, ...(index < replies.length - 1 && { to: 1 }) } },
    reply: typeof reply === 'string' ? { text: reply } : reply,
  })),
})
/** All that a stream yields; partial values as they were at that moment. */
async function snapshots<T>(parts: AsyncIterable<ExtractPart<T>>): Promise<ExtractPart<T>[]> {
  const list: ExtractPart<T>[] = []
  for await (const part of parts) {
    list.push(part.type === 'partial' ? { type: 'partial', value: structuredClone(part.value) } : part)
  }
  return list
}

describe.each([...providers, 'simulator-gemini', 'simulator-bedrock'])('extract from %s', (provider) => {
  describe.each(Object.keys(ways) as (keyof typeof ways)[])('which takes %s', (way) => {
    const asked = { ...triage, model: `${provider}/sim-small` }
    const expected = way === 'json-mode' && /anthropic|bedrock/.test(provider) ? 'instructions' : way

    it('gives a value that the schema has passed, whole and streamed alike', async () => {
      await using stand = await open({ config: taking(ways[way]) })
      const { output, cost, repair, corrected, decidedBy, callId, reply } = await stand.seam.extract(asked, input)
      expect(ticket.parse(output)).toEqual(output)
      expect(output.category).toBe('delivery')
      expect({ repair, corrected, decidedBy }).toEqual({ repair: 'exact', corrected: false, decidedBy: 'model' })
      expect(reply.ending).toEqual({ type: 'completed', by: 'end' })
      expect(reply.text).toBe(reply.content.map((block) => (block.type === 'text' ? block.text : '')).join(''))

      const parts = await snapshots(stand.seam.extractStream(asked, input))
      const last = parts.at(-1)
      expect(last).toMatchObject({ type: 'extracted', extraction: { output, decidedBy: 'model' } })
      expect(parts.filter(({ type }) => type === 'partial').length).toBeGreaterThan(0)

      const [first] = stand.calls()
      expect(first).toMatchObject({ callId, cost, feature: 'triage ticket', outcome: { ending: 'completed' } })
      const moment = first?.moments.find((one) => one.type === 'structure-asked')
      expect(moment?.by).toBe(expected)
      expect(moment?.strict).toBe(way === 'native')
      expect(stand.simulator.log().map(({ status }) => status)).toEqual([200, 200])
    })

    it('corrects an answer that misses a field, in one turn, and adds up what both cost', async () => {
      await using stand = await open({ config: taking(ways[way]) })
      const model = `${provider}/sim-small+malformed-json-output:variant=missing-field@1`
      const { output, corrected, cost, usage, callId, reply } = await stand.seam.extract({ ...triage, model }, input)
      expect(corrected).toBe(true)
      expect(ticket.safeParse(output).success).toBe(true)
      const [first, second] = stand.calls()
      expect(first?.callId).toBe(callId)
      expect(second).toMatchObject({ callId: reply.callId, parentId: callId })
      expect(second?.moments).toContainEqual(expect.objectContaining({ type: 'correcting', callId, at: 'urgent' }))
      expect(cost.nanoUsd).toBe((first?.cost.nanoUsd ?? 0) + (second?.cost.nanoUsd ?? 0))
      expect(cost.nanoUsd).toBe(nanoUsdOf(stand))
      expect(usage.outputText).toBe((first?.usage.outputText ?? 0) + (second?.usage.outputText ?? 0))
    })

    it('says "restart" where a streamed answer is corrected', async () => {
      await using stand = await open({ config: taking(ways[way]) })
      const model = `${provider}/sim-small+malformed-json-output:variant=wrong-enum@1`
      const parts = await snapshots(stand.seam.extractStream({ ...triage, model }, input))
      const kinds = parts.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])
      expect(kinds).toEqual(['partial', 'restart', 'partial', 'extracted'])
      expect(parts.at(-1)).toMatchObject({
        extraction: { corrected: true, output: expect.objectContaining({ urgent: expect.any(Boolean) }) },
      })
    })
  })
})

const value = { category: 'billing', tags: ['invoice'], summary: 'Wants an invoice.', urgent: false }
const json = JSON.stringify(value)
/** The malformed answers on which peers throw, one request each (the ninth, a code fence, is read; see below); what is wrong with each, as the corrective turn says it. */
const malformed: readonly (readonly [name: string, answer: string, said: string])[] = [
  ['a trailing comma', json.replace(/}$/, ',}'), '- The answer is no JSON: '],
  ['an end too early', json.slice(0, 40), '- The answer is no JSON: '],
  ['single quotes', json.replaceAll('"', "'"), '- The answer is no JSON: '],
  ['words around it', `Sure! Here you go: ${json} Anything else?`, '- The answer is no JSON: '],
  [
    'a missing field',
    JSON.stringify({ ...value, urgent: undefined }),
    '- urgent: Invalid input: expected boolean, received undefined. Found: nothing',
  ],
  [
    'an unknown label',
    json.replace('billing', 'billing_like'),
    '- category: Invalid option: expected one of "billing"|"delivery"|"account"|"other". Found: "billing_like"',
  ],
  [
    'a nested list as text',
    JSON.stringify({ ...value, tags: '["invoice"]' }),
    '- tags: Invalid input: expected array, received string. Found: "[\\"invoice\\"]"',
  ],
  ['a list of one', JSON.stringify([value]), '- Invalid input: expected object, received array. Found: [{'],
]

describe.each(malformed)('an answer with %s', (_, answer, said) => {
  it('is corrected by what is wrong with it and nothing else', async () => {
    await using stand = await open({ simulator: { scenario: says(answer, json) } })
    const { output, corrected } = await stand.seam.extract(triage, input)
    expect({ output, corrected }).toEqual({ output: value, corrected: true })
    const [, second] = bodies(stand)
    expect(second.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(second.messages[1].content).toBe(answer)
    expect(second.messages[2].content).toContain(said)
    expect(second.messages[2].content.match(/^- /gm)).toHaveLength(1)
  })

  it('is a typed failure with both attempts where it comes again', async () => {
    await using stand = await open({ simulator: { scenario: says(answer, answer) } })
    for (const work of [() => stand.seam.extract(triage, input), () => all(stand.seam.extractStream(triage, input))]) {
      const error = await failure(work())
      expect(error).toBeInstanceOf(OutputInvalid)
      expect(error).toMatchObject({ code: 'output-invalid', fix: expect.any(String) })
      expect((error as OutputInvalid).attempts.map(({ text }) => text)).toEqual([answer, answer])
    }
    expect(stand.simulator.log()).toHaveLength(4)
    expect(stand.calls().map(({ outcome }) => outcome.ending)).toEqual(Array(4).fill('completed'))
  })
})

it('an answer within a code fence is read without a further request, and graded', async () => {
  const fenced = `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``
  await using stand = await open({ simulator: { scenario: says(fenced), pace: { tokenMs: 1 } } })
  const { output, corrected, repair } = await stand.seam.extract(triage, input)
  expect({ output, corrected, repair }).toEqual({ output: value, corrected: false, repair: 'lossless-syntax' })
  expect(stand.simulator.log()).toHaveLength(1)
  const parts = await snapshots(stand.seam.extractStream(triage, input))
  expect(parts.map(({ type }) => type)).not.toContain('restart')
  expect(parts.at(-2)).toEqual({ type: 'partial', value })
  expect(parts.at(-1)).toMatchObject({ extraction: { output: value } })
})

describe('a failure', () => {
  it('carries what both calls brought and cost', async () => {
    await using stand = await open({ simulator: { scenario: says('no', 'no') } })
    const error = await failure(stand.seam.extract(triage, input))
    const [first, second] = stand.calls()
    expect(error.arrived?.cost.nanoUsd).toBe((first?.cost.nanoUsd ?? 0) + (second?.cost.nanoUsd ?? 0))
    expect(error.arrived?.cost.nanoUsd).toBe(nanoUsdOf(stand))
    expect(error.arrived?.content).toEqual([{ type: 'text', text: 'no' }])
    expect(error.message).toMatch(
      /^The answer to "triage ticket" does not match its schema after 2 attempts: The answer is no JSON/,
    )
  })

  it.each([
    ['refused', { scenario: says({ refusal: 'I will not.' }) }, /refused to answer/, undefined],
    ['cut off', {}, /was cut off at its output limit/, 5],
  ] as const)('of a model that %s costs no corrective turn', async (_, simulator, message, maxOutputTokens) => {
    await using stand = await open({ simulator })
    const error = await failure(stand.seam.extract({ ...triage, maxOutputTokens }, input))
    expect(error).toMatchObject({ code: 'reply-incomplete', arrived: { cost: { nanoUsd: nanoUsdOf(stand) } } })
    expect(error.message).toMatch(message)
    if (maxOutputTokens) expect(error.fix).toContain('maxOutputTokens')
    expect(stand.simulator.log()).toHaveLength(1)
  })

  it('of the corrective call carries what the first one cost too', async () => {
    const scenario: Scenario = {
      rules: [{ when: { request: { from: 1, to: 1 } }, reply: { text: 'no' } }, { fault: { type: 'server-error' } }],
    }
    await using stand = await open({ simulator: { scenario }, aliases: [alias('once', ['simulator/sim-small'])] })
    const error = await failure(stand.seam.extract({ ...triage, model: 'once' }, input))
    expect(error.code).toBe('server-error')
    expect(error.arrived?.cost.nanoUsd).toBe(nanoUsdOf(stand))
    expect(error.arrived?.cost.nanoUsd).toBeGreaterThan(0)
  })

  it('of the input is on the record, and costs nothing', async () => {
    await using stand = await open()
    expect((await failure(stand.seam.extract(triage, { text: 1 } as never))).code).toBe('input-invalid')
    expect(stand.calls()).toMatchObject([{ feature: 'triage ticket', outcome: { errorCode: 'input-invalid' } }])
    expect(stand.simulator.log()).toEqual([])
  })
})

/** A schema that is asynchronous, and finds what it is told to. */
const slow = (validate: () => Promise<boolean>): Feature<unknown, unknown> => ({
  name: 'slow',
  model: 'simulator/sim-small',
  output: {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: async (value) => ((await validate()) ? { value } : { issues: [{ message: 'No.' }] }),
    },
  },
  outputJsonSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
  prompt: () => prompt`Say something.`,
})

describe('time', () => {
  it('is one deadline for both turns', async () => {
    const clock = createVirtualClock()
    await using stand = await open({ seam: { clock } })
    const inputs: CallInput[] = []
    const pipeline: Pipeline = {
      ...stand.seam,
      begin: (input) => {
        inputs.push(input)
        return stand.seam.begin(input)
      },
    }
    let checks = 0
    const checked = slow(async () => {
      await clock.advance(300)
      return ++checks > 1
    })
    await extract(pipeline, checked, {}, { timeoutMs: 1_000 })
    expect(inputs.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 700])
    expect(clock.pending).toBe(0)
  })

  it('of the alias is one for both turns: what the first has used up, the second has not', async () => {
    const clock = createVirtualClock()
    const hurried = alias('hurried', ['simulator/sim-small'], {
      timeouts: { connectMs: 5_000, headersMs: 5_000, firstTokenMs: 5_000, idleMs: 5_000, totalMs: 1_000 },
    })
    await using stand = await open({ aliases: [hurried], seam: { clock } })
    const late = slow(async () => {
      await clock.advance(1_000)
      return false
    })
    const error = await failure(stand.seam.extract({ ...late, model: 'hurried' }, {}))
    expect(error).toMatchObject({ code: 'deadline-exceeded', arrived: { cost: { nanoUsd: nanoUsdOf(stand) } } })
    expect(stand.simulator.log()).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('that is over after the first turn ends in no second one', async () => {
    const clock = createVirtualClock()
    await using stand = await open({ seam: { clock } })
    const late = slow(async () => {
      await clock.advance(1_000)
      return false
    })
    const error = await failure(stand.seam.extract(late, {}, { timeoutMs: 1_000 }))
    expect(error).toMatchObject({ code: 'deadline-exceeded', arrived: { cost: { nanoUsd: nanoUsdOf(stand) } } })
    expect(stand.simulator.log()).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('ends a schema that never does, as does the caller who leaves', async () => {
    const clock = createVirtualClock()
    await using stand = await open({ seam: { clock } })
    const leaving = new AbortController()
    let begun = () => {}
    const never = slow(() => {
      begun()
      return new Promise(() => {})
    })
    begun = () => void clock.advance(2_000)
    expect((await failure(stand.seam.extract(never, {}, { timeoutMs: 1_000 }))).code).toBe('deadline-exceeded')
    begun = () => leaving.abort()
    expect((await failure(stand.seam.extract(never, {}, { signal: leaving.signal }))).code).toBe('aborted')
    expect(clock.pending).toBe(0)
  })
})

describe('what a rule or a look-up decides', () => {
  const when = { at: new Date(0), nested: new Map([['a', 1]]) }
  const decided = feature({
    name: 'decided',
    model: 'simulator/sim-small',
    output: z.custom<typeof when>(() => false),
    outputJsonSchema: { type: 'object' },
    decide: [rule('never', () => false, when), lookup('table', async () => when)],
    prompt: () => prompt`Say something.`,
  })

  it('is its own value, and no model is asked', async () => {
    await using stand = await open()
    const { output, decidedBy, cost, corrected, repair } = await stand.seam.extract(decided, {})
    expect(output).toBe(when)
    expect({ decidedBy, corrected, repair, nanoUsd: cost.nanoUsd }).toEqual({
      decidedBy: 'table',
      corrected: false,
      repair: 'exact',
      nanoUsd: 0,
    })
    const parts = await all(stand.seam.extractStream(decided, {}))
    expect(parts).toMatchObject([{ type: 'extracted', extraction: { decidedBy: 'table' } }])
    expect(stand.simulator.log()).toEqual([])
    expect(stand.calls().map(({ source }) => source)).toEqual(['lookup', 'lookup'])
  })
})

describe('a stream', () => {
  it('grows in place, at most once a delta, and ends with the checked value', async () => {
    // However busy the machine: not all of it comes in one read.
    await using stand = await open({ simulator: { pace: { tokenMs: 20 } } })
    const seen: unknown[] = []
    let first: unknown
    let extraction: unknown
    for await (const part of stand.seam.extractStream(triage, input)) {
      if (part.type === 'extracted') extraction = part.extraction.output
      else if (part.type === 'partial') {
        first ??= part.value
        expect(part.value).toBe(first)
        seen.push(structuredClone(part.value))
      }
    }
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.at(-1)).toEqual({ order: null, ...(extraction as object) })
  })

  it('stops the upstream when its reader stops', async () => {
    await using stand = await open({ simulator: { pace: { tokenMs: 20 } } })
    for await (const part of stand.seam.extractStream(triage, input)) {
      expect(part.type).toBe('partial')
      break
    }
    await stand.simulator.idle()
    expect(stand.simulator.log()).toMatchObject([{ cancelled: true }])
    expect(stand.calls()).toMatchObject([{ outcome: { errorCode: 'aborted' } }])
  })
})

describe('a forced tool', () => {
  it('that a host ignores leaves what the model said instead', async () => {
    await using stand = await open({ config: taking('tool'), simulator: { scenario: says(json) } })
    expect((await stand.seam.extract(triage, input)).output).toEqual(value)
    const parts = await snapshots(stand.seam.extractStream(triage, input))
    expect(parts.at(-1)).toMatchObject({ extraction: { output: value } })
  })

  it('leaves a reply that was cut in its input cut', async () => {
    await using stand = await open({ config: taking('tool') })
    const model = 'simulator/sim-small+max-tokens-in-tool-call'
    const error = await failure(stand.seam.extract({ ...triage, model }, input))
    expect(error).toMatchObject({ code: 'reply-incomplete', arrived: { content: [{ type: 'text' }] } })
  })

  it('is asked where a model is older than structured outputs, and where no strict schema can be written', async () => {
    const open_ended = feature({
      name: 'open',
      model: 'simulator-anthropic/sim-small',
      output: z.record(z.string(), z.number()),
      prompt: () => prompt`Say something.`,
    })
    await using stand = await open()
    await stand.seam.extract({ ...triage, model: 'simulator/gpt-4-turbo' }, input)
    await stand.seam.extract(open_ended, {})
    expect(bodies(stand)[0]).toMatchObject({ tools: [{ function: { name: 'triage_ticket' } }] })
    expect(bodies(stand)[1]).toMatchObject({ tools: [{ name: 'open' }], tool_choice: { type: 'tool', name: 'open' } })
    expect(stand.calls()[1]?.moments).toContainEqual(
      expect.objectContaining({ by: 'tool', because: 'the keys of its root are not listed' }),
    )
  })
})

describe('any Standard Schema library', () => {
  const text = { name: 'any', model: 'simulator/sim-small', prompt: () => prompt`Say something about invoice 12.` }
  const features: readonly (readonly [string, Feature<unknown, unknown>])[] = [
    ['zod', feature({ ...text, output: z.object({ id: z.number(), note: z.string().optional() }) })],
    ['arktype', feature({ ...text, output: type({ id: 'number', 'note?': 'string' }) })],
    [
      'valibot',
      feature({
        ...text,
        output: v.object({ id: v.number(), note: v.optional(v.string()) }),
        outputJsonSchema: {
          type: 'object',
          properties: { id: { type: 'number' }, note: { type: 'string' } },
          required: ['id'],
        },
      }),
    ],
  ]

  it.each(features)('checks what the model wrote: %s', async (_, asked) => {
    await using stand = await open({
      simulator: { scenario: says('{"id":"12","note":null}', '{"id":12,"note":null}') },
    })
    const { output, corrected } = await stand.seam.extract(asked, {})
    expect({ output: { ...(output as object) }, corrected }).toEqual({ output: { id: 12 }, corrected: true })
    const [first, second] = bodies(stand)
    expect(first.response_format).toMatchObject({ json_schema: { strict: true, schema: { required: ['id', 'note'] } } })
    expect(second.messages.at(-1).content).toMatch(/^- id: .*\. Found: "12"$/m)
  })

  it('may change what it checked', async () => {
    await using stand = await open({ simulator: { scenario: says('{"on":"2026-11-23","many":null}') } })
    const output = z.object({ on: z.iso.date().transform((on) => on.length), many: z.number().default(3) })
    expect((await stand.seam.extract(feature({ ...text, output }), {})).output).toEqual({ on: 10, many: 3 })
  })

  it.each([
    ['a list', z.array(z.object({ name: z.string() }))],
    ['a text', z.string()],
    ['a union', z.union([z.object({ kind: z.literal('a'), n: z.number() }), z.object({ kind: z.literal('b') })])],
    ['a record', z.record(z.string(), z.string())],
  ] as const)('asks for %s too, in every way and dialect', async (_, output) => {
    for (const way of Object.values(ways)) {
      await using stand = await open({ config: taking(way) })
      for (const provider of providers) {
        const asked = feature<unknown, unknown>({ ...text, model: `${provider}/sim-small`, output })
        const extraction = await stand.seam.extract(asked, {})
        expect(output.safeParse(extraction.output).success).toBe(true)
        const parts = await snapshots(stand.seam.extractStream(asked, {}))
        expect(parts.at(-1)).toMatchObject({ extraction: { output: extraction.output } })
      }
      expect(stand.simulator.log().every(({ status }) => status === 200)).toBe(true)
    }
  })
})

describe('a schema', () => {
  const of = (output: Feature<unknown, unknown>['output'], outputJsonSchema?: object) =>
    feature<unknown, unknown>({
      name: 'odd',
      model: 'simulator/sim-small',
      output,
      outputJsonSchema: outputJsonSchema as never,
      prompt: () => prompt`Say something.`,
    })
  const Node: z.ZodType = z.object({
    name: z.string(),
    get children() {
      return z.array(Node)
    },
  })
  const cyclic: Record<string, unknown> = { type: 'object' }
  cyclic.properties = { self: cyclic }

  it.each<[string, Feature<unknown, unknown>, RegExp]>([
    ['that is missing', of(undefined), /has no output schema/],
    ['that nothing satisfies', of(z.never()), /nothing can satisfy/],
    ['that JSON has no word for', of(z.object({ at: z.date() })), /zod cannot say it: Date/],
    ['whose library says nothing', of(v.object({})), /valibot does not say it as JSON Schema/],
    [
      'that is huge',
      of(v.any(), { type: 'object', description: 'x'.repeat(1_000_001) }),
      /it has 1,000,035 characters; 1,000,000 are allowed/,
    ],
    [
      'that is too deep',
      of(v.any(), JSON.parse(`${'{"items":'.repeat(600)}{}${'}'.repeat(600)}`)),
      /nested deeper than 512 levels/,
    ],
    ['with a cycle', of(v.any(), cyclic), /is no JSON/],
    ['that is a list', of(v.any(), []), /its JSON Schema is no object/],
  ])('%s is refused before anything is spent', async (_, asked, message) => {
    await using stand = await open()
    for (const work of [() => stand.seam.extract(asked, {}), () => all(stand.seam.extractStream(asked, {}))]) {
      const error = await failure(work())
      expect(error).toMatchObject({ code: 'feature-invalid', fix: expect.any(String) })
      expect(error.message).toMatch(message)
    }
    expect(stand.simulator.log()).toEqual([])
    expect(stand.calls()).toHaveLength(2)
  })

  it('that refers to itself is asked for and read', async () => {
    await using stand = await open()
    for (const provider of providers) {
      const { output } = await stand.seam.extract({ ...of(Node), model: `${provider}/sim-small` }, {})
      expect(Node.safeParse(output).success).toBe(true)
    }
    const deep = `${'{"name":"a","children":['.repeat(2_000)}${']}'.repeat(2_000)}`
    stand.simulator.setScenario(says(deep, deep))
    const outcome = await stand.seam.extract(of(Node), {}).then(
      () => 'read',
      (error: InseamError) => error.code,
    )
    expect(['read', 'feature-invalid', 'output-invalid']).toContain(outcome)
  })

  it('that no answer passes ends in two attempts', async () => {
    await using stand = await open()
    const error = await failure(stand.seam.extract(of(z.object({ a: z.string() }).refine(() => false, 'never')), {}))
    expect(error.code).toBe('output-invalid')
    expect(stand.simulator.log()).toHaveLength(2)
  })

  it.each([
    ['throws', of({ '~standard': { version: 1, vendor: 'own', validate: broken } }, { type: 'object' })],
    ['rejects', slow(async () => broken())],
  ])('that %s is a defect of the feature, and no corrective turn is paid', async (_, asked) => {
    await using stand = await open()
    const error = await failure(stand.seam.extract(asked, {}))
    expect(error).toMatchObject({ code: 'feature-invalid', cause: expect.any(TypeError) })
    expect(error.arrived?.cost.nanoUsd).toBe(nanoUsdOf(stand))
    expect(stand.simulator.log()).toHaveLength(1)
  })

  it.each(Object.values(ways))('of any kind is refused by no provider that takes %s', async (way) => {
    await using stand = await openStand({ config: taking(way) })
    await fc.assert(
      fc.asyncProperty(
        schemas,
        fc.constantFrom(...providers),
        fc.boolean(),
        fc.boolean(),
        async (schema, provider, stream, acceptsNullForAbsent) => {
          const call = stand.seam.begin({
            model: `${provider}/sim-small`,
            request: {
              messages: [{ role: 'user', content: [{ type: 'text', text: 'Go on.' }] }],
              output: { type: 'json', schema, name: 'odd', acceptsNullForAbsent },
              // Room for whatever the schema makes the model write.
              maxOutputTokens: 60_000,
              stream,
            },
          })
          const { ending, text } = await drain(stand.seam.run(call))
          expect(ending).toEqual({ type: 'completed', by: 'end' })
          expect(() => JSON.parse(text)).not.toThrow()
        },
      ),
      { numRuns: 60 },
    )
    expect(stand.simulator.log().filter(({ status }) => status !== 200)).toEqual([])
  })
})

describe('a client of the gateway', () => {
  const schema = {
    type: 'object',
    properties: { category: { type: 'string', enum: ['delivery', 'other'] }, note: { type: 'string', maxLength: 99 } },
    required: ['category'],
    additionalProperties: false,
  }
  const content = 'Classify: my delivery has not arrived.'
  const body = {
    model: 'simulator-anthropic/sim-small',
    messages: [{ role: 'user' as const, content }],
    response_format: { type: 'json_schema' as const, json_schema: { name: 'ticket', strict: false, schema } },
  }

  it.each(['json_schema', 'tool', 'none'] as const)('gets JSON as text from another dialect’s %s', async (way) => {
    await using stand = await open({ config: taking(way) })
    const whole = await stand.openai.chat.completions.create(body)
    const [choice] = whole.choices
    expect(choice?.finish_reason).toBe('stop')
    expect(choice?.message.tool_calls).toBeUndefined()
    expect(JSON.parse(choice?.message.content ?? '')).toMatchObject({ category: 'delivery' })
    const chunks = await all(await stand.openai.chat.completions.create({ ...body, stream: true }))
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(JSON.parse(text)).toMatchObject({ category: 'delivery' })
    const message = await stand.anthropic.messages.create({
      model: 'simulator/sim-small',
      max_tokens: 200,
      messages: [{ role: 'user', content }],
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(message.stop_reason).toBe('end_turn')
    const [block] = message.content
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toMatchObject({ category: 'delivery' })
  })

  it('is never given null for what it said is optional', async () => {
    await using stand = await open()
    await stand.anthropic.messages.create({
      model: 'simulator/sim-small',
      max_tokens: 200,
      messages: [{ role: 'user', content }],
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(bodies(stand)[0].response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'output', schema, strict: false },
    })
    expect(stand.calls()[0]?.losses.map(({ path }) => path)).toContain('output_config.format.schema')
  })
})

function nanoUsdOf({ simulator }: Stand): number {
  return simulator.invoice().lines.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0)
}

function broken(): never {
  throw new TypeError('broken')
}

it('never replays an answer that its schema refuses, and replays one that passes', async () => {
  const good = JSON.stringify({ category: 'billing', tags: ['a'], summary: 'Paid twice.', urgent: false })
  await using stand = await open({
    simulator: { scenario: says('{"category": "nonsense"}', good) },
    aliases: [alias('kept', ['simulator/sim-small'], { cache: { ttlSeconds: 60 } })],
  })
  const kept = { ...triage, model: 'kept' }
  expect((await stand.seam.extract(kept, input)).corrected).toBe(true)
  expect(await stand.seam.extract(kept, input)).toMatchObject({ corrected: false, reply: { source: 'provider' } })
  expect(await stand.seam.extract(kept, input)).toMatchObject({ corrected: false, reply: { source: 'cache' } })
  expect(stand.simulator.log()).toHaveLength(3)
})
