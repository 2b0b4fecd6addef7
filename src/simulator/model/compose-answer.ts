import type { Answer, AnswerPart } from '../answer.ts'
import { type Ask, freshToolResults, lastUserText } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { JsonObject } from '../json.ts'
import type { ScriptedReply } from '../scenario/scenario.ts'
import type { Random } from '../seeded-random.ts'
import { callKey, chooseTools } from './choose-tools.ts'
import { describedShape } from './described-shape.ts'
import type { Evidence } from './evidence.ts'
import { plainText, textFromResults } from './plain-text.ts'
import { schemaInstance } from './schema-instance.ts'
import { answerFromSources, questionIn, sourcesIn } from './sources.ts'
import { subjectOf } from './subject.ts'
import { thinkingText } from './thinking-text.ts'

/** What the model says, before limits and faults: the script where there is one, else what the request calls for. */
export function composeAnswer(ask: Ask, random: Random, scripted: ScriptedReply = {}): Answer {
  const said = scriptedParts(scripted, ask, random) ?? ownParts(ask, random)
  const thought = scripted.thinking ?? thinkingText(ask)
  const refused = said.some((part) => part.type === 'refusal')
  const called = said.some((part) => part.type === 'tool-call')
  const shown = thought !== '' && ask.thinking.mode === 'shown'
  return {
    parts: shown ? [{ type: 'thinking', text: thought }, ...said] : said,
    ending: refused ? 'refused' : called ? 'tool-calls' : 'finished',
    hiddenReasoningTokens: shown ? 0 : countTokens(thought),
  }
}

function scriptedParts(scripted: ScriptedReply, ask: Ask, random: Random): AnswerPart[] | undefined {
  const { text, json, toolCalls, refusal } = scripted
  if (refusal !== undefined) return [{ type: 'refusal', text: refusal }]
  const said = text ?? (json === undefined ? undefined : JSON.stringify(json))
  if (said === undefined && toolCalls === undefined) return undefined
  const calls = (toolCalls ?? []).map(({ name, input }): AnswerPart => {
    const kind = ask.tools.find((tool) => tool.name === name)?.kind ?? 'function'
    const written = typeof input === 'string' ? input : JSON.stringify(input ?? {})
    return { type: 'tool-call', key: callKey(random), name, input: written, kind }
  })
  return said === undefined ? calls : [{ type: 'text', text: said }, ...calls]
}

function ownParts(ask: Ask, random: Random): AnswerPart[] {
  const results = freshToolResults(ask)
  const mustCall = ask.toolChoice.type === 'required' || ask.toolChoice.type === 'named'
  const calls = results.length === 0 || mustCall ? chooseTools(ask, random) : []
  return calls.length > 0 ? calls : [{ type: 'text', text: afterPrefill(ask, ownText(ask, random)) }]
}

/** The answer without what the caller has already put into the model's mouth. */
function afterPrefill(ask: Ask, text: string): string {
  const last = ask.turns.at(-1)
  return last?.role === 'assistant' && text.startsWith(last.text) ? text.slice(last.text.length) : text
}

function ownText(ask: Ask, random: Random): string {
  const message = lastUserText(ask)
  const results = freshToolResults(ask)
  const evidence = evidenceFor(ask)
  const schema = askedShape(ask)
  if (schema !== undefined) return JSON.stringify(schemaInstance(schema, evidence, random))
  if (results.length > 0) return textFromResults(results)
  if (evidence.grounded !== undefined && (evidence.grounded.found || mayAbstain(ask))) return evidence.grounded.answer
  return plainText(message, random)
}

/** The schema that the answer is to satisfy, be it asked for or described. */
function askedShape(ask: Ask): JsonObject | undefined {
  if (ask.format.type === 'json-schema') return ask.format.schema
  const message = lastUserText(ask)
  // Braces in a user's message are often code; in instructions they seldom are.
  const described =
    describedShape(ask.instructions) ?? (/\bjson\b/i.test(message) ? describedShape(message) : undefined)
  if (described !== undefined || ask.format.type === 'text') return described
  return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
}

function evidenceFor(ask: Ask): Evidence {
  const message = lastUserText(ask)
  const results = freshToolResults(ask)
  const prompt = `${ask.instructions}\n\n${message}`
  const sources = sourcesIn(prompt)
  if (results.length > 0) return { text: [...results.map((turn) => turn.text), message].join('\n') }
  if (sources.length === 0) return { text: subjectOf(message) }
  return { text: questionIn(message), grounded: answerFromSources(questionIn(message), sources, prompt) }
}

function mayAbstain(ask: Ask): boolean {
  return /don['’]t know|do not know|say so|cannot answer|can['’]t answer|no answer|abstain|not (?:contain|found|in the)|insufficient|only (?:from|the|use)/i.test(
    `${ask.instructions}\n${lastUserText(ask)}`,
  )
}
