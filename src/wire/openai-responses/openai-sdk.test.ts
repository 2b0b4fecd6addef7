import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { StreamInterrupted } from '../../errors/index.ts'
import { openaiResponses } from './index.ts'

const answer = { callId: '1', model: 'fast', created: 1_800_000_000, includeUsage: true }
const failure = new StreamInterrupted('lab/model', 'it fell silent')
const typesOf = (written: string): string[] => [...written.matchAll(/^event: (.*)$/gm)].map(([, type]) => type!)

it("begins the answer before the failure of one that had not begun, and the SDK's helper shows the failure", async () => {
  const written = `: ping\n\n${openaiResponses.encodeStream(answer).fail(failure)}`
  expect(typesOf(written)).toEqual(['response.created', 'response.in_progress', 'error'])
  const fetch = async () => new Response(written, { headers: { 'content-type': 'text/event-stream' } })
  const client = new OpenAI({ apiKey: 'test', baseURL: 'http://lab.invalid/v1', maxRetries: 0, fetch })
  const stream = client.responses.stream({ model: 'fast', input: 'hi' })
  await expect(stream.finalResponse()).rejects.toThrow(/it fell silent/)
})

it("begins no second answer after the provider's own frames, or after its own", () => {
  expect(typesOf(openaiResponses.encodeStream(answer).fail(failure, true))).toEqual(['error'])
  const begun = openaiResponses.encodeStream(answer)
  begun.push({ type: 'block-start', index: 0, block: { type: 'text', text: 'Hi' } })
  expect(typesOf(begun.fail(failure))).toEqual(['error'])
})
