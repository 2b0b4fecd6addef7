import type { JsonValue } from '../../core/json.ts'

/**
 * The parts of the Gemini API that we write, as of `@google/genai` 3.1; a test holds them against the SDK's own types.
 * Fields that a caller's dialect said beyond these are spread beside them.
 */

type Fields = { [key: string]: JsonValue | undefined }

/** Bytes within the request. */
export type WireBlob = { mimeType: string; data: string; displayName?: string }

/** Bytes that lie elsewhere. */
export type WireFile = { fileUri: string; mimeType?: string; displayName?: string }

/** The model asks for a function. */
export type WireFunctionCall = { id?: string; name: string; args: Fields }

/** What a function answered. */
export type WireFunctionResponse = {
  id?: string
  name: string
  response: Fields
  parts?: ({ inlineData: WireBlob } | { fileData: WireFile })[]
}

/** A piece of a turn that we know. */
export type WireKnownPart =
  | { text: string; thought?: true; thoughtSignature?: string }
  | { inlineData: WireBlob }
  | { fileData: WireFile }
  | { functionCall: WireFunctionCall; thoughtSignature?: string }
  | { functionResponse: WireFunctionResponse }

/** A piece of a turn, or one of the provider's own that we carry unread. */
export type WirePart = WireKnownPart | Fields

/** One turn. */
export type WireContent = { role: 'user' | 'model'; parts: WirePart[] }

/** A function of the caller's. */
export type WireDeclaration = { name: string; description?: string; parametersJsonSchema: Fields }

/** Which function the model must, may or must not call. */
export type WireFunctionCalling = { mode: 'AUTO' | 'ANY' | 'NONE'; allowedFunctionNames?: string[] }

/** How the model thinks. */
export type WireThinking = {
  thinkingLevel?: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'
  thinkingBudget?: number
  includeThoughts?: boolean
}

/** The settings of a request. */
export type WireGeneration = {
  temperature?: number
  topP?: number
  topK?: number
  maxOutputTokens?: number
  stopSequences?: string[]
  seed?: number
  presencePenalty?: number
  frequencyPenalty?: number
  responseMimeType?: string
  responseJsonSchema?: Fields
  thinkingConfig?: WireThinking
}

/** Tokens, in Google's convention: the prompt takes cached ones in, the candidates leave thoughts out. */
export type WireUsage = {
  promptTokenCount: number
  cachedContentTokenCount?: number
  candidatesTokenCount: number
  thoughtsTokenCount?: number
  totalTokenCount: number
  promptTokensDetails?: { modality: 'TEXT' | 'AUDIO' | 'IMAGE'; tokenCount: number }[]
  candidatesTokensDetails?: { modality: 'TEXT' | 'AUDIO' | 'IMAGE'; tokenCount: number }[]
}
