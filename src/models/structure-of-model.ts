import type { StructureAsked } from '../core/moment.ts'

/**
 * The best way to ask a model for JSON of a schema, where it is less than its host takes: models from before structured outputs (OpenAI:
 * before gpt-4o-2024-08-06; Anthropic: before Claude 4.5), by their exact ids. They call tools; those of Bedrock that cannot be made to are instructed. Undefined: as its host.
 */
export function structureOfModel(model: string): StructureAsked | undefined {
  if (olderModels.has(model)) return 'tool'
  const atBedrock = model.replace(crossRegion, '')
  if (olderAtBedrock.has(atBedrock)) return 'tool'
  return untold.has(atBedrock) ? 'instructions' : undefined
}

const olderModels: ReadonlySet<string> = new Set([
  'gpt-3.5-turbo',
  'gpt-4',
  'gpt-4-turbo',
  'gpt-4-turbo-2024-04-09',
  'gpt-4o-2024-05-13',
  'claude-3-haiku-20240307',
  'claude-3-5-haiku-20241022',
  'claude-3-7-sonnet-20250219',
  'claude-opus-4-0',
  'claude-opus-4-20250514',
  'claude-opus-4-1',
  'claude-opus-4-1-20250805',
  'claude-sonnet-4-0',
  'claude-sonnet-4-20250514',
  'claude-3-haiku@20240307',
  'claude-3-5-haiku@20241022',
  'claude-3-7-sonnet@20250219',
  'claude-opus-4@20250514',
  'claude-opus-4-1@20250805',
  'claude-sonnet-4@20250514',
])

/** What Bedrock puts before the id of a model that several regions serve. */
const crossRegion = /^(?:global|us|us-gov|eu|apac|jp|au|ca)\./

const olderAtBedrock: ReadonlySet<string> = new Set([
  'anthropic.claude-3-haiku-20240307-v1:0',
  'anthropic.claude-3-5-haiku-20241022-v1:0',
  'anthropic.claude-3-5-sonnet-20240620-v1:0',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-3-7-sonnet-20250219-v1:0',
  'anthropic.claude-opus-4-20250514-v1:0',
  'anthropic.claude-opus-4-1-20250805-v1:0',
  'anthropic.claude-sonnet-4-20250514-v1:0',
  'amazon.nova-micro-v1:0',
  'amazon.nova-lite-v1:0',
  'amazon.nova-pro-v1:0',
  'amazon.nova-premier-v1:0',
  'amazon.nova-2-lite-v1:0',
])

/** Models that take no schema, and that Converse cannot make call a tool (`toolChoice`: Claude and Nova take the name of one, Mistral `any`). */
const untold: ReadonlySet<string> = new Set([
  'meta.llama4-maverick-17b-instruct-v1:0',
  'meta.llama4-scout-17b-instruct-v1:0',
  'meta.llama3-3-70b-instruct-v1:0',
  'meta.llama3-2-90b-instruct-v1:0',
  'meta.llama3-2-11b-instruct-v1:0',
  'meta.llama3-2-3b-instruct-v1:0',
  'meta.llama3-2-1b-instruct-v1:0',
  'meta.llama3-1-405b-instruct-v1:0',
  'meta.llama3-1-70b-instruct-v1:0',
  'meta.llama3-1-8b-instruct-v1:0',
  'mistral.pixtral-large-2502-v1:0',
  'mistral.mistral-large-2402-v1:0',
  'mistral.mistral-small-2402-v1:0',
])
