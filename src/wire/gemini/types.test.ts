import type {
  FunctionCall,
  FunctionDeclaration,
  FunctionResponse,
  GenerateContentConfig,
  GenerateContentResponseUsageMetadata,
  Part,
  Blob as WantedBlob,
} from '@google/genai'
import { expect, it } from 'vitest'
import type {
  WireBlob,
  WireDeclaration,
  WireFunctionCall,
  WireFunctionResponse,
  WireGeneration,
  WireKnownPart,
  WireUsage,
} from './types.ts'

/** Compiles only where the first type can stand wherever the second is wanted. */
type Fits<_Written extends Wanted, Wanted> = true
/** Its enumerations want members of their own; their words are what is sent. */
type Named<Wanted, Enums extends keyof Wanted> = Omit<Wanted, Enums> & { [Name in Enums]?: unknown }

type Checks = [
  Fits<WireBlob, WantedBlob>,
  Fits<WireFunctionCall, FunctionCall>,
  Fits<Omit<WireFunctionResponse, 'parts'>, Omit<FunctionResponse, 'parts'>>,
  Fits<WireDeclaration, FunctionDeclaration>,
  Fits<WireGeneration, Named<GenerateContentConfig, 'thinkingConfig'>>,
  Fits<WireUsage, Named<GenerateContentResponseUsageMetadata, 'promptTokensDetails' | 'candidatesTokensDetails'>>,
  Fits<Exclude<WireKnownPart, { functionResponse: unknown }>, Part>,
]

it('writes what the official SDK sends and expects', () => {
  const checks: Checks = [true, true, true, true, true, true, true]
  expect(checks).not.toContain(false)
})
