/** Whose ways a model has where Converse leaves them to the model. */
export type Family = 'claude' | 'nova' | 'gpt-oss' | 'other'

/**
 * The family that a model id names: `us.anthropic.claude-sonnet-4-6`, or an ARN that ends with such an id. The ARN of an application
 * inference profile names none: it is taken for Claude, whose settings are the ones that callers have words for.
 */
export function familyOf(model: string): Family {
  const id = model.slice(model.lastIndexOf('/') + 1)
  const vendor = /^(?:[a-z-]+\.)?([a-z0-9]+)\.[a-z]/.exec(id)?.[1]
  if (vendor === undefined || vendor === 'anthropic') return 'claude'
  if (vendor === 'amazon') return id.includes('amazon.nova') ? 'nova' : 'other'
  return vendor === 'openai' ? 'gpt-oss' : 'other'
}
