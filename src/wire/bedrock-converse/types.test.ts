import type {
  ContentBlock,
  ConverseRequest,
  InferenceConfiguration,
  OutputConfig,
  SystemContentBlock,
  ToolChoice,
  ToolResultContentBlock,
  ToolSpecification,
} from '@aws-sdk/client-bedrock-runtime'
import { expect, it } from 'vitest'
import type {
  WireInference,
  WireKnownBlock,
  WireMessage,
  WireOutputConfig,
  WireSystem,
  WireToolChoice,
  WireToolResultContent,
  WireToolSpec,
} from './types.ts'

/** Compiles only where the first type can stand wherever the second is wanted. */
type Fits<_Written extends Wanted, Wanted> = true
/** What the SDK has as bytes travels as base64, and its JSON is any. */
type OnTheWire<Type> = Type extends Uint8Array
  ? string
  : Type extends string | number | boolean | undefined | null
    ? Type
    : Type extends readonly (infer Item)[]
      ? OnTheWire<Item>[]
      : { [Key in keyof Type]: Key extends 'json' | 'input' ? unknown : OnTheWire<Type[Key]> }

type Checks = [
  Fits<WireKnownBlock, OnTheWire<ContentBlock>>,
  Fits<WireToolResultContent, OnTheWire<ToolResultContentBlock>>,
  Fits<WireSystem, OnTheWire<SystemContentBlock>>,
  Fits<WireToolSpec, OnTheWire<ToolSpecification>>,
  Fits<WireToolChoice, ToolChoice>,
  Fits<WireInference, InferenceConfiguration>,
  Fits<WireOutputConfig, OutputConfig>,
  Fits<WireMessage['role'], NonNullable<NonNullable<ConverseRequest['messages']>[number]['role']>>,
]

it('writes what the official SDK sends', () => {
  const checks: Checks = [true, true, true, true, true, true, true, true]
  expect(checks).not.toContain(false)
})
