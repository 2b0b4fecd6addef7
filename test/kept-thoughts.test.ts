import { createAnthropic } from '@ai-sdk/anthropic'
import type { MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import type { ResponseInput } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openStand, type Stand } from './stand.ts'

/** A model that refuses a call whose signature has not come back, and signatures that are not its own. */
const gemini = 'simulator-gemini/gemini-3.8-flash'
const claude = 'simulator-anthropic/sim-large'
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }

let stand: Stand
beforeAll(async () => {
  stand = await openStand({ simulator: { keepBodies: true } })
})
afterAll(() => stand[Symbol.asyncDispose]())

const lastBody = () => JSON.stringify(stand.simulator.log().at(-1)?.body)
const lossesOfLast = () =>
  stand
    .calls()
    .at(-1)
    ?.losses.map(({ path }) => path)
/** The signature that the simulator gave, and no word that only stands for one. */
function expectItsOwn(steps: number): void {
  const sent = lastBody()
  expect(sent.match(/"thoughtSignature":"c2ltdWxhdG9yO/g)).toHaveLength(steps)
  expect(sent).not.toContain('skip_thought_signature_validator')
}

describe.each([false, true])('reasoning of Gemini in a tool loop of two steps, streamed %s', (stream) => {
  it('is kept by Anthropic’s client, and left out where the conversation moves to Claude', async () => {
    const tools: Tool[] = [{ name: 'get_weather', description: 'The weather in a city.', input_schema: parameters }]
    const ask = (model: string, messages: MessageParam[]) => {
      const body = {
        model,
        max_tokens: 4_000,
        tools,
        messages,
        thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
      }
      return stream ? stand.anthropic.messages.stream(body).finalMessage() : stand.anthropic.messages.create(body)
    }
    const messages: MessageParam[] = []
    for (const city of ['Bern', 'Basel']) {
      messages.push({ role: 'user', content: `The weather in ${city}?` })
      const { content } = await ask(gemini, messages)
      expect(content.map(({ type }) => type)).toEqual(['thinking', 'redacted_thinking', 'tool_use'])
      const results = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
      messages.push({ role: 'assistant', content })
      messages.push({
        role: 'user',
        content: results.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'fog' })),
      })
      messages.push({ role: 'assistant', content: (await ask(gemini, messages)).content })
    }
    expectItsOwn(2)
    messages.push({ role: 'user', content: 'Thank you.' })
    expect((await ask(claude, messages)).stop_reason).toBe('end_turn')
    expect(lastBody()).not.toMatch(/aW5zZWFtLj|thinking","/)
    expect(lossesOfLast()).toContain('messages[1].content[0]')
  })

  it('is kept by OpenAI’s client of Responses, and left out where the conversation moves to Claude', async () => {
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters, strict: false }]
    const ask = (model: string, input: ResponseInput) => {
      const body = { model, tools, input, store: false, reasoning: { effort: 'high' as const } }
      const included = { ...body, include: ['reasoning.encrypted_content' as const] }
      return stream ? stand.openai.responses.stream(included).finalResponse() : stand.openai.responses.create(included)
    }
    const input: ResponseInput = []
    for (const city of ['Bern', 'Basel']) {
      input.push({ role: 'user', content: `The weather in ${city}?` })
      const { output } = await ask(gemini, input)
      expect(output.slice(-2).map(({ type }) => type)).toEqual(['reasoning', 'function_call'])
      for (const item of output) {
        input.push(item as ResponseInput[number])
      }
      for (const item of output) {
        if (item.type === 'function_call')
          input.push({ type: 'function_call_output', call_id: item.call_id, output: 'fog' })
      }
      for (const item of (await ask(gemini, input)).output) input.push(item as ResponseInput[number])
    }
    expectItsOwn(2)
    input.push({ role: 'user', content: 'Thank you.' })
    for (const model of [claude, 'simulator-responses/sim-large']) {
      expect((await ask(model, input)).status).toBe('completed')
      expect(lastBody()).not.toContain('aW5zZWFtLj')
      expect(lossesOfLast()?.length).toBeGreaterThan(0)
    }
  })

  it('is kept by the AI SDK’s provider for Anthropic', async () => {
    const model = createAnthropic({ baseURL: `${stand.gateway.url}/v1`, apiKey: 'none' })(gemini)
    const options = {
      model,
      prompt: 'The weather in Bern?',
      stopWhen: stepCountIs(3),
      tools: { get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute: () => 'fog' }) },
      providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1_024 } } },
    }
    const steps = stream ? await streamText(options).steps : (await generateText(options)).steps
    expect(steps.length).toBeGreaterThan(1)
    expect(steps[0]?.reasoningText).toMatch(/./)
    expectItsOwn(1)
  })
})
