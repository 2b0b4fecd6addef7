export type { Caller } from './core/caller.ts'
export type { ModelCapabilities } from './core/capabilities.ts'
export { type Cost, formatCost } from './core/cost.ts'
export type { Delta } from './core/delta.ts'
export type { AttemptEvent, CallEvent, RunEvent, SeamEvent, StepEvent } from './core/event.ts'
export { type Block, type Message, textOf } from './core/message.ts'
export type { CallInput, ModelListing, Pipeline, TargetPrice } from './core/pipeline.ts'
export type { Books, CachedReply, EventSink, ReplyCache } from './core/ports.ts'
export type { OwnProvider, Provider } from './core/provider.ts'
export type { Ending, Reply, ReplySource } from './core/reply.ts'
export type { ModelRequest } from './core/request.ts'
export type { Usage } from './core/usage.ts'
export { createSeam, type Seam, type SeamOptions } from './create-seam.ts'
export {
  type ErrorCode,
  InseamError,
  isInseamError,
  type OutputAttempt,
  OutputInvalid,
  type OutputIssue,
} from './errors/index.ts'
export { type OpenOptions, openSeam } from './open-seam.ts'
export type { Run } from './patterns/act/act.ts'
export type { Answer, Citation } from './patterns/answer/answer.ts'
export type { CallOptions } from './patterns/begin-call.ts'
export type { StreamPart } from './patterns/complete.ts'
export type { TokenCount } from './patterns/count-tokens.ts'
export type { Embeddings, EmbedOptions } from './patterns/embed.ts'
export type { Extraction, ExtractPart } from './patterns/extract/extract.ts'
export { type Feature, feature } from './patterns/feature.ts'
export { type Prompt, type PromptValue, prompt, type Trusted, trusted } from './patterns/prompt.ts'
export { lookup, type Rule, type RuleMakers, rule } from './patterns/rule.ts'
export { type DocumentInput, type Documents, type DocumentsOptions, documents } from './retrieval/documents.ts'
export type { IndexProgress } from './retrieval/index-messages.ts'
export { type Tool, type ToolContext, type ToolOptions, tool } from './tools/tool.ts'
export { ToolError } from './tools/tool-error.ts'
