import type { Answer, AnswerPart } from '../answer.ts'
import { type Ask, lastUserText } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import { breakHere } from '../faults/broken-text.ts'
import { type Fault, numberParam, textParam } from '../faults/faults.ts'
import type { JsonObject } from '../json.ts'
import type { Random } from '../seeded-random.ts'
import { outputTokens } from './answer-tokens.ts'
import { callOf } from './choose-tools.ts'
import { describedShape } from './described-shape.ts'
import { firstTokens } from './limit-answer.ts'
import { malformedJson } from './malformed-json.ts'

/** The answer as the fault leaves it, for the faults that are the model's own. */
export function shapeByFault(answer: Answer, fault: Fault, ask: Ask, random: Random): Answer {
  switch (fault.type) {
    case 'refusal':
      return { ...answer, parts: [{ type: 'refusal', text: "I can't help with that request." }], ending: 'refused' }
    case 'empty-answer':
      return { ...answer, parts: [], ending: 'finished' }
    case 'invalid-utf8':
      return { ...answer, parts: answer.parts.map(withBreak) }
    case 'content-filter':
      return {
        ...answer,
        parts: answer.parts.slice(0, 1).map((part) => shortened(part, numberParam(fault, 'after'))),
        ending: 'filtered',
      }
    case 'max-tokens-in-tool-call':
      return cutInToolCall(answer, ask, random)
    case 'malformed-json-output':
      return { ...answer, parts: answer.parts.map((part) => malformed(part, textParam(fault, 'variant'), ask, random)) }
    case 'many-tool-calls':
      return withCalls(answer, numberParam(fault, 'count'), ask, random)
    case 'interleaved-parts':
    case 'disordered-parts':
      return withCalls(answer, 2, ask, random)
    case 'duplicate-tool-ids':
      return withOneKey(withCalls(answer, 2, ask, random))
    case 'repetition':
      return { ...answer, parts: answer.parts.map((part) => repeated(part, numberParam(fault, 'times'))) }
    case 'max-tokens-ignored':
      return beyondLimit(answer, numberParam(fault, 'tokens'), ask)
    case 'split-characters':
      return ask.format.type === 'text' ? { ...answer, parts: answer.parts.map(inManyScripts) } : answer
    default:
      return answer
  }
}

/** At least so many calls of the tools that are offered; the same answer where none is. */
function withCalls(answer: Answer, count: number, ask: Ask, random: Random): Answer {
  const { tools } = ask
  const calls = answer.parts.filter((part) => part.type === 'tool-call').length
  if (tools.length === 0 || ask.toolChoice.type === 'none' || calls >= count) return answer
  const more = Array.from({ length: count - calls }, (_, index) =>
    callOf(tools[index % tools.length]!, lastUserText(ask), random),
  )
  return { ...answer, parts: [...answer.parts, ...more], ending: 'tool-calls' }
}

function withOneKey(answer: Answer): Answer {
  const key = answer.parts.find((part) => part.type === 'tool-call')?.key
  if (key === undefined) return answer
  return { ...answer, parts: answer.parts.map((part) => (part.type === 'tool-call' ? { ...part, key } : part)) }
}

function repeated(part: AnswerPart, times: number): AnswerPart {
  return part.type === 'tool-call' ? part : { ...part, text: `${part.text} `.repeat(Math.max(1, times)).trimEnd() }
}

/** The last words again, until there are so many tokens more than the limit. */
function beyondLimit(answer: Answer, tokens: number, ask: Ask): Answer {
  const limit = Number.isFinite(ask.maxOutputTokens) ? ask.maxOutputTokens : 0
  const missing = limit + tokens - outputTokens(answer)
  const at = answer.parts.findLastIndex((part) => part.type === 'text')
  const part = answer.parts[at]
  if (part?.type !== 'text' || missing <= 0) return answer
  const more = `${part.text === '' ? 'More' : part.text} `
  const text = part.text + firstTokens(` ${more.repeat(Math.ceil(missing / countTokens(more)) + 1)}`, missing)
  return { ...answer, parts: answer.parts.with(at, { ...part, text }) }
}

function inManyScripts(part: AnswerPart): AnswerPart {
  if (part.type === 'tool-call') return part
  return { ...part, text: part.text.replace(/(?:\S+\s+){3}/g, '$&naïve 東京 👩‍🚀 ') }
}

/** Words whose bytes are broken in the middle once they are bytes. */
function withBreak(part: AnswerPart): AnswerPart {
  if (part.type !== 'text') return part
  const middle = Math.floor(part.text.length / 2)
  return { ...part, text: `${part.text.slice(0, middle)}${breakHere}${part.text.slice(middle)}` }
}

function shortened(part: AnswerPart, tokens: number): AnswerPart {
  return part.type === 'tool-call'
    ? { ...part, input: firstTokens(part.input, tokens) }
    : { ...part, text: firstTokens(part.text, tokens) }
}

/** Half of the arguments; a call is made where tools are offered and none was called; half of the text where there are no tools. */
function cutInToolCall(answer: Answer, ask: Ask, random: Random): Answer {
  const tool = ask.tools[0]
  const called = answer.parts.some((part) => part.type === 'tool-call')
  const parts = called || tool === undefined ? answer.parts : [callOf(tool, lastUserText(ask), random)]
  const at = Math.max(
    0,
    parts.findIndex((part) => part.type === 'tool-call'),
  )
  return {
    ...answer,
    parts: parts.slice(0, at + 1).map((part, index) => (index === at ? half(part) : part)),
    ending: 'length',
  }
}

function half(part: AnswerPart): AnswerPart {
  if (part.type === 'tool-call')
    return { ...part, input: part.input.slice(0, Math.max(1, Math.floor(part.input.length / 2))) }
  return { ...part, text: part.text.slice(0, Math.ceil(part.text.length / 2)) }
}

function malformed(part: AnswerPart, variant: string, ask: Ask, random: Random): AnswerPart {
  if (part.type === 'tool-call') {
    const schema = ask.tools.find((tool) => tool.name === part.name)?.schema ?? {}
    const value = parsed(part.input)
    return value === undefined ? part : { ...part, input: malformedJson(value, schema, variant, random) }
  }
  const value = part.type === 'text' ? parsed(part.text) : undefined
  return part.type === 'text' && value !== undefined
    ? { ...part, text: malformedJson(value, schemaOf(ask), variant, random) }
    : part
}

function schemaOf(ask: Ask): JsonObject {
  return ask.format.type === 'json-schema'
    ? ask.format.schema
    : (describedShape(`${ask.instructions}\n${lastUserText(ask)}`) ?? {})
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
