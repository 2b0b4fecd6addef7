import type { ClientDialect } from '../core/dialect.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { type Block, textOf } from '../core/message.ts'
import type { Ending, Reply } from '../core/reply.ts'
import type { Run } from '../patterns/act/act.ts'
import type { AbstentionReason, Answer, Citation } from '../patterns/answer/answer.ts'
import type { FeatureResult } from '../patterns/run-feature.ts'

/** What a feature gave, as a model's answer. */
export interface FeatureReply {
  readonly reply: Reply
  /** How it came out, where the pattern knows more than an ending: `grounded`, `abstained;no-sources`, `finished`, `stopped;steps`. */
  readonly outcome?: string
}

/** What a feature's answer is written for. */
export interface FeatureReplyOptions {
  readonly dialect: ClientDialect
  /** Whether the whole result is asked for, as JSON. */
  readonly asJson: boolean
}

const completed: Ending = { type: 'completed', by: 'end' }

/**
 * A feature's result as one answer, in the words of a model: text; the value as JSON text; the answer with its citations as
 * the dialect has them; the last text of a run. An abstention is said in the text; a run that was stopped ends as an answer
 * that was cut, so that nobody takes it for a whole one.
 */
export function replyOf(ran: FeatureResult, { dialect, asJson }: FeatureReplyOptions): FeatureReply {
  const { pattern, result, usage } = ran
  switch (pattern) {
    case 'complete':
      return { reply: result }
    case 'extract':
      return { reply: as(result.reply, { ...result, usage }, [json(result.output)]) }
    case 'answer': {
      const content = asJson ? json(answerAsJson(result)) : answerInWords(result, dialect)
      const outcome = result.type === 'grounded' ? 'grounded' : `abstained;${result.reason}`
      return { outcome, reply: as(result.reply, { ...result, usage }, [content]) }
    }
    case 'act': {
      const content = asJson ? json(runAsJson(result)) : text(runInWords(result))
      const outcome = result.type === 'finished' ? 'finished' : `stopped;${result.by}`
      const facts = { ...result, callId: result.runId, usage }
      return { outcome, reply: as(result.reply, facts, [content], endingOf(result)) }
    }
  }
}

function as(
  { wire: _, ...last }: Reply,
  { usage, cost, callId }: Pick<Reply, 'usage' | 'cost' | 'callId'>,
  content: readonly Block[],
  ending = completed,
): Reply {
  const rawStop = ending === last.ending ? last.rawStop : ending.type
  return { ...last, content, text: textOf(content), ending, rawStop, usage, cost, callId }
}

const text = (words: string): Block => ({ type: 'text', text: words })
const json = (value: unknown): Block => text(JSON.stringify(value))

function answerAsJson(answer: Answer): unknown {
  const { type, decidedBy } = answer
  if (type === 'grounded') return { type, text: answer.text, citations: answer.citations, decidedBy }
  return { type, reason: answer.reason, detail: answer.detail, decidedBy }
}

/** In our words: the model's own, where nothing shows them, are no answer. */
const whyNot: Readonly<Record<AbstentionReason, string>> = {
  'no-sources': 'none holds a word of the question.',
  'not-in-sources': 'they do not hold it.',
  'citation-unsound': 'what was written could not be shown from them.',
}

function answerInWords(answer: Answer, dialect: ClientDialect): Block {
  if (answer.type === 'abstained') return text(`No answer was found in the documents: ${whyNot[answer.reason]}`)
  const { citations } = answer
  if (citations.length === 0) return text(answer.text)
  const { key, cite } = citing[dialect]
  return {
    type: 'text',
    text: answer.text,
    extras: { dialect, fields: { [key]: citations.map((citation) => cite(citation, answer.text)) } },
  }
}

/** Google cites addresses for stretches of the answer: the document's id stands for its address, and what was quoted beside it. */
function citationSource({ number, document, start, end, quote }: Citation, text: string): JsonValue {
  const mark = `[${number}]`
  const at = Math.max(0, text.indexOf(mark))
  const endIndex = text.includes(mark) ? at + mark.length : 0
  return { startIndex: at, endIndex, uri: document, title: document, document: { id: document, start, end, quote } }
}

/** OpenAI cites pages: the document's id stands for its address, and what was quoted beside it. */
function annotation(citation: Citation, text: string): JsonValue {
  return { type: 'url_citation', url_citation: pageOf(citation, text), document: quoteOf(citation) }
}

/** In its Responses the same stands without an object around it. */
function flatAnnotation(citation: Citation, text: string): JsonValue {
  return { type: 'url_citation', ...pageOf(citation, text), document: quoteOf(citation) }
}

function pageOf({ number, document }: Citation, text: string): JsonObject {
  const mark = `[${number}]`
  const at = text.indexOf(mark)
  const [start, end] = at === -1 ? [0, 0] : [at, at + mark.length]
  return { start_index: start, end_index: end, title: document, url: document }
}

function quoteOf({ document, start, end, quote }: Citation): JsonObject {
  return { id: document, start, end, quote }
}

/** Anthropic cites documents by the place of the quote in them. */
function charLocation({ number, document, start, end, quote }: Citation): JsonValue {
  return {
    type: 'char_location',
    cited_text: quote,
    document_index: number - 1,
    document_title: document,
    start_char_index: start,
    end_char_index: end,
    file_id: null,
  }
}

/** Where a dialect has citations, and how it writes one. */
const citing: Readonly<
  Record<ClientDialect, { readonly key: string; readonly cite: (citation: Citation, text: string) => JsonValue }>
> = {
  'openai-chat': { key: 'annotations', cite: annotation },
  'openai-responses': { key: 'annotations', cite: flatAnnotation },
  'anthropic-messages': { key: 'citations', cite: charLocation },
  gemini: { key: 'citations', cite: citationSource },
}

function runAsJson(run: Run): unknown {
  const { type, text, runId, decidedBy } = run
  const steps = run.steps.map(({ tool, outcome, totalMs, errorMessage }) => ({ tool, outcome, totalMs, errorMessage }))
  const stop = run.type === 'stopped' ? { by: run.by, detail: run.detail } : {}
  return { type, ...stop, text, steps, runId, decidedBy }
}

function runInWords(run: Run): string {
  if (run.type === 'finished') return run.text
  const note = `[Stopped before it was finished (${run.by}): ${run.detail}]`
  return run.text === '' ? note : `${run.text}\n\n${note}`
}

function endingOf(run: Run): Ending {
  if (run.type === 'finished') return completed
  const { ending } = run.reply
  return ending.type === 'refused' ? ending : { type: 'truncated', by: 'max-tokens' }
}
