import type {
  DocumentBlockParam,
  ImageBlockParam,
  MessageCreateParams,
  MessageDeltaUsage,
  RawMessageDeltaEvent,
  RedactedThinkingBlockParam,
  TextBlockParam,
  ThinkingBlockParam,
  Tool,
  ToolResultBlockParam,
  ToolUseBlockParam,
  Usage,
} from '@anthropic-ai/sdk/resources/messages'
import { expect, it } from 'vitest'
import type {
  WireDocument,
  WireEnding,
  WireImage,
  WireRedactedThinking,
  WireSettings,
  WireText,
  WireThinking,
  WireTool,
  WireToolResult,
  WireToolUse,
  WireUsage,
} from './types.ts'

/** Compiles only where the first type can stand wherever the second is wanted. */
type Fits<_Written extends Wanted, Wanted> = true

/** The SDK lists the media types that are taken today; which they are is the provider's word, not ours. */
type Png = { source: { type: 'base64'; media_type: 'image/png'; data: string } }
type Pdf = { source: { type: 'base64'; media_type: 'application/pdf'; data: string } }
/** Gone from the SDK's types, still taken by older models. */
type Sampling = 'temperature' | 'top_p' | 'top_k'
/** In the SDK's usage of a whole message only. */
type MessageOnly = 'inference_geo' | 'service_tier' | 'speed'

type Checks = [
  Fits<Omit<WireSettings, Sampling>, Omit<MessageCreateParams, 'messages'>>,
  Fits<WireText, TextBlockParam>,
  Fits<WireImage & Png, ImageBlockParam>,
  Fits<WireDocument & Pdf, DocumentBlockParam>,
  Fits<WireToolUse, ToolUseBlockParam>,
  Fits<Omit<WireToolResult, 'content'> & { content?: string | WireText[] }, ToolResultBlockParam>,
  Fits<WireThinking, ThinkingBlockParam>,
  Fits<WireRedactedThinking, RedactedThinkingBlockParam>,
  Fits<WireTool, Tool>,
  Fits<WireEnding['stop_reason'], NonNullable<RawMessageDeltaEvent.Delta['stop_reason']>>,
  Fits<keyof WireUsage, keyof Usage>,
  Fits<Omit<Usage, MessageOnly>, { [Name in keyof WireUsage]: unknown }>,
  Fits<Omit<WireUsage, 'server_tool_use'>, Omit<MessageDeltaUsage, 'server_tool_use'>>,
]

it('writes what the official SDK sends and expects', () => {
  const checks: Checks = [true, true, true, true, true, true, true, true, true, true, true, true, true]
  expect(checks).not.toContain(false)
})
