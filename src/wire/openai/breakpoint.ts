import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { CacheMark } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { loseLifetimes, type MarkRules, withoutMarks } from '../cache-marks.ts'
import type { Quirks } from '../codec.ts'
import { withoutFields } from './fields.ts'

/** A content part without its breakpoint, and the mark that it is; the part as it came where the common form has no such mark. */
export function takeBreakpoint(part: JsonObject): readonly [part: JsonObject, mark: { readonly cache?: CacheMark }] {
  if (part.prompt_cache_breakpoint === undefined) return [part, unmarked]
  const { prompt_cache_breakpoint: breakpoint, ...rest } = part
  if (!isJsonObject(breakpoint) || breakpoint.mode !== 'explicit') return [part, unmarked]
  const { mode: _, ttl, ...further } = breakpoint
  if (ttl !== undefined && ttl !== null && ttl !== '30m' && ttl !== '12h') return [part, unmarked]
  const more = Object.keys(further).length > 0 ? { prompt_cache_breakpoint: further } : {}
  return [{ ...rest, ...more }, { cache: ttl ? { ttl } : {} }]
}

const unmarked = {}

/**
 * A content part with its mark. What is asked to be kept for five minutes is kept for thirty, at the same price; an hour that is asked
 * for is not promised, which is told elsewhere.
 */
export function withBreakpoint(part: JsonObject, mark: CacheMark | undefined): JsonObject {
  if (!mark) return part
  const { ttl } = mark
  const further = isJsonObject(part.prompt_cache_breakpoint) ? part.prompt_cache_breakpoint : {}
  const lives = ttl === '30m' || ttl === '12h' ? { ttl } : {}
  return { ...part, prompt_cache_breakpoint: { mode: 'explicit', ...lives, ...further } }
}

/**
 * The request with the marks that the model takes. OpenAI's cache keeps every prompt's prefix by itself, so that a mark that cannot
 * stand (on a tool, or at a model from before gpt-5.6) asks for what happens anyway: only a lifetime that is not promised is a loss.
 */
export function sayableMarks(
  request: ModelRequest,
  { promptCache = 'automatic' }: Quirks,
  rules: Pick<MarkRules, 'spoken' | 'losses'>,
): ModelRequest {
  const takesMarks = promptCache === 'marked'
  loseLifetimes(request, { ...rules, longest: takesMarks ? ['30m', '12h'] : [] })
  return takesMarks ? request : withoutMarks(request)
}

/** What a request of the other of OpenAI's dialects says of its prompt cache: this one has the same fields. */
export function siblingCacheFields(sibling: JsonObject | undefined): JsonObject {
  return sibling
    ? Object.fromEntries(cacheFields.flatMap((name) => (name in sibling ? [[name, sibling[name]]] : [])))
    : {}
}

/** The extensions without what {@link siblingCacheFields} has carried. */
export function withoutCacheFields(
  extensions: ModelRequest['extensions'],
  sibling: 'openai-chat' | 'openai-responses',
): ModelRequest['extensions'] {
  const fields = extensions?.[sibling]
  if (!fields) return extensions
  return {
    ...extensions,
    [sibling]: withoutFields(fields, Object.fromEntries(cacheFields.map((name) => [name, null]))),
  }
}

const cacheFields = ['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention']
