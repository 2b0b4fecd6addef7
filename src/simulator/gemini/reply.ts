import type { Candidate, FinishReason, GenerateContentResponse, Part } from '@google/genai'
import type { Answer, AnswerPart, Ending, ToolCallPart } from '../answer.ts'
import { totalInput } from '../books/usage.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { isObject, type JsonObject } from '../json.ts'
import { outputTokens, reasoningTokens } from '../model/answer-tokens.ts'
import { digest } from '../seeded-random.ts'

/** A response as it goes on the wire: the SDK makes enums and getters of it. */
export type WireResponse = Pick<
  GenerateContentResponse,
  'usageMetadata' | 'modelVersion' | 'responseId' | 'promptFeedback'
> & {
  readonly candidates?: readonly WireCandidate[]
}
export type WireCandidate = Omit<Candidate, 'finishReason'> & { readonly finishReason?: `${FinishReason}` }

/** A response that is not streamed. */
export function generateReply(material: ReplyMaterial): WireResponse {
  return {
    candidates: material.answers.map((answer, index) => candidate(answer, index, material.omitEnding)),
    ...(!material.omitUsage && { usageMetadata: usageMetadata(material) }),
    ...facts(material),
  }
}

/** What every response and every frame says of itself. */
export function facts({ model, requestId }: ReplyMaterial): Pick<WireResponse, 'modelVersion' | 'responseId'> {
  return { modelVersion: model, responseId: requestId.replace(/^req_/, '') }
}

function candidate(answer: Answer, index: number, omitEnding: boolean): WireCandidate {
  const parts = partsOf(answer)
  return {
    ...(parts.length > 0 && { content: { parts, role: 'model' } }),
    ...(!omitEnding && ending(answer)),
    index,
  }
}

/** Why the answer ended. The words of a refusal are told in its message: this provider has no other place for them. */
export function ending(answer: Answer): Pick<WireCandidate, 'finishReason' | 'finishMessage'> {
  const refusal = answer.parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('')
  return { finishReason: finishReason(answer.ending), ...(refusal !== '' && { finishMessage: refusal }) }
}

function finishReason(ending: Ending): `${FinishReason}` {
  const reasons = {
    finished: 'STOP',
    'stop-sequence': 'STOP',
    length: 'MAX_TOKENS',
    'tool-calls': 'STOP',
    refused: 'SAFETY',
    filtered: 'SAFETY',
  } as const satisfies Record<Ending, `${FinishReason}`>
  return reasons[ending]
}

function partsOf({ parts }: Answer): Part[] {
  const firstCall = parts.findIndex(({ type }) => type === 'tool-call')
  return parts.flatMap((part, index) => partOf(part, index === firstCall) ?? [])
}

/** A part as it is sent; none for the words of a refusal, and for a call whose arguments were cut off. */
export function partOf(part: AnswerPart, isFirstCall: boolean): Part | undefined {
  if (part.type === 'refusal') return undefined
  if (part.type === 'thinking') return { text: part.text, thought: true }
  if (part.type === 'text') return { text: part.text }
  const args = argumentsOf(part)
  if (args === undefined) return undefined
  // The first call of a step carries the signature for all of them, and calls carry no ids.
  return {
    functionCall: { name: part.name, args },
    ...(isFirstCall && { thoughtSignature: signatureOf(part.key) }),
  }
}

function argumentsOf({ input }: ToolCallPart): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(input)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** What proves that the thought before a call is the model's own. */
function signatureOf(seed: string): string {
  return Buffer.from(`simulator:${digest('thought', seed)}`).toString('base64')
}

/** Whether it is one of these, or what Google takes for the signature of a call that its models did not make. */
export function isOwnSignature(signature: unknown): boolean {
  if (typeof signature !== 'string') return false
  return (
    signature === 'skip_thought_signature_validator' ||
    Buffer.from(signature, 'base64').toString('latin1').startsWith('simulator:')
  )
}

export function usageMetadata(material: ReplyMaterial): NonNullable<WireResponse['usageMetadata']> {
  const { input, answers } = material
  const prompt = totalInput(input)
  const output = answers.reduce((sum, answer) => sum + outputTokens(answer), 0)
  const thoughts = answers.reduce((sum, answer) => sum + reasoningTokens(answer), 0)
  return {
    promptTokenCount: prompt,
    ...(input.cacheRead > 0 && { cachedContentTokenCount: input.cacheRead }),
    // A count of nothing is left out, as everywhere in this API.
    ...(output > thoughts && { candidatesTokenCount: output - thoughts }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
    totalTokenCount: prompt + output,
  }
}
