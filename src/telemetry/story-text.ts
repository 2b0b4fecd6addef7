import { type Cost, formatCost } from '../core/cost.ts'
import type { AttemptEvent, CallEvent, Outcome } from '../core/event.ts'
import { inputTokens, outputTokens, type Usage } from '../core/usage.ts'
import { fixFor } from './fix-for.ts'
import { counted, grouped, milliseconds, momentOf, printable, shortened, wrapped } from './plain-text.ts'
import { tellMoment } from './story-moments.ts'
import { barOf, stretchOf } from './time-line.ts'

/** How a story is told. */
export interface StoryOptions {
  /** No line is longer. Default 80, at least 40. */
  readonly width?: number
  /** Headings and outcomes in ANSI colours. Default false. */
  readonly colour?: boolean
}

/**
 * The story of one call as plain text: who answered and why, each wait, retry and fallback, each attempt on a time line, with
 * its tokens, its cost and, where it failed, what to do about it. What providers said is shown without control characters.
 * Never throws.
 */
export function tellStory(call: CallEvent, attempts: readonly AttemptEvent[], options: StoryOptions = {}): string {
  const { colour = false } = options
  const width = Math.max(40, options.width ?? 80)
  const paint = colour ? painted : (_: Paint, text: string) => text
  const titled = (title: string, lines: readonly string[]) => (lines.length > 0 ? [paint('bold', title), ...lines] : [])
  const sections = [
    head(call, width, paint),
    answerOf(call, attempts, width, paint),
    titled('What happened', happenings(call, width)),
    titled('Attempts', timeLine(call, attempts, width, paint)),
    ...attempts.map((attempt) => attemptOf(attempt, call, width, paint)),
    losses(call, width),
    total(call, attempts, width),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

type Paint = 'bold' | 'red' | 'green' | 'dim'
type Painter = (paint: Paint, text: string) => string
const codes: Record<Paint, readonly [number, number]> = { bold: [1, 22], red: [31, 39], green: [32, 39], dim: [2, 22] }
const painted: Painter = (paint, text) => `\u001b[${codes[paint][0]}m${text}\u001b[${codes[paint][1]}m`

function head(call: CallEvent, width: number, paint: Painter): string[] {
  const [title = '', ...rest] = wrapped(`${call.callId} ${momentOf(call.startedAt)} UTC`, width)
  const parent = call.parentId ? wrapped(`It corrects or continues ${call.parentId}.`, width) : []
  return [paint('bold', title), ...rest, ...parent]
}

const doors: Readonly<Record<string, string>> = {
  library: 'through the library',
  gateway: 'through the gateway',
  eval: 'in an eval',
}

function answerOf(call: CallEvent, attempts: readonly AttemptEvent[], width: number, paint: Painter): string[] {
  const who = call.feature ? `Feature "${call.feature}"` : 'A caller'
  const whose = [
    ...(call.tenant ? [`tenant ${call.tenant}`] : []),
    ...(call.user ? [`user ${call.user}`] : []),
    ...(call.keyId ? [`key ${call.keyId}`] : []),
  ].join(', ')
  const asked = `${who} asked for "${call.model}" ${doors[call.door] ?? call.door}${whose && ` (${whose})`}.`
  const colour = call.outcome.ending === 'error' ? 'red' : call.outcome.ending === 'completed' ? 'green' : 'bold'
  const lines = wrapped(answerLine(call, attempts), width).map((line) => paint(colour, line))
  return [...wrapped(asked, width), ...lines, ...wrapped(timeAndCost(call), width), ...failure(call.outcome, width, '')]
}

function answerLine(call: CallEvent, attempts: readonly AttemptEvent[]): string {
  const { ending, rawStop, errorCode = 'unknown error' } = call.outcome
  const path = [
    ...(call.attempts > 1 ? [counted(call.attempts, 'attempt')] : []),
    ...(call.fallbacks > 0 ? [counted(call.fallbacks, 'fallback')] : []),
  ].join(' and ')
  const after = path && `, after ${path}`
  if (ending === 'error')
    return `It failed: ${errorCode}${after || (attempts.length === 0 ? '; no model was asked' : '')}.`
  const decider = call.moments.find((moment) => moment.type === 'decided')
  const leader = call.moments.find((moment) => moment.type === 'coalesced')
  switch (call.source) {
    case 'cache':
      return 'The reply cache answered; no model was asked.'
    case 'coalesced':
      return `It shares the answer of ${leader?.leader ?? 'another call'}, which asked the same.`
    case 'provider':
      break
    default:
      return `The ${call.source} "${decider?.by ?? 'unnamed'}" answered; no model was asked.`
  }
  const how = {
    completed: 'answered',
    truncated: `was cut off (${rawStop ?? 'for its length'})`,
    refused: `refused (${rawStop ?? 'it did not say why'})`,
    paused: 'paused in the middle of its turn',
  }[ending]
  return `${call.target ?? 'The provider'} ${how}${after}.`
}

function timeAndCost(call: CallEvent): string {
  const first = call.firstTokenMs === undefined ? '' : `First content after ${milliseconds(call.firstTokenMs)}; `
  const whole = `${first === '' ? 'All' : 'all'} over after ${milliseconds(call.totalMs)}`
  const own = `of which the seam took ${milliseconds(call.overheadMs)}`
  return `${first}${whole}, ${own}. Cost: ${formatCost(call.cost)}.`
}

function failure({ errorCode, errorMessage }: Outcome, width: number, indent: string): string[] {
  if (errorCode === undefined) return []
  const fix = fixFor(errorCode)
  return [
    ...(errorMessage ? wrapped(errorMessage, width, indent) : []),
    ...(fix ? wrapped(`Fix: ${fix}`, width, indent) : []),
  ]
}

function happenings(call: CallEvent, width: number): string[] {
  return call.moments.flatMap((moment) => {
    const time = `${milliseconds(moment.atMs).padStart(12)}  `
    const [first = '', ...rest] = wrapped(tellMoment(moment), width, ' '.repeat(time.length))
    return [time + first.trimStart(), ...rest]
  })
}

function timeLine(call: CallEvent, attempts: readonly AttemptEvent[], width: number, paint: Painter): string[] {
  if (attempts.length === 0) return []
  const stretches = attempts.map((attempt) => stretchOf(call, attempt))
  const totalMs = Math.max(call.totalMs, ...stretches.map(({ to }) => to))
  const columns = width - 20
  const bars = attempts.map((attempt, index) => {
    const stretch = stretches[index]!
    const bar = barOf(stretch, totalMs, columns)
    const colour = stretch.isFailure ? 'red' : 'green'
    return `${String(attempt.ordinal).padStart(4)} |${paint(colour, bar)}|${milliseconds(attempt.totalMs).padStart(12)}`
  })
  const end = milliseconds(totalMs)
  const scale = `     0${end.padStart(columns)}`
  const legend = wrapped('. waiting, # content arriving, x failed', width, '      ')
  return [...bars, paint('dim', scale), ...legend.map((line) => paint('dim', line))]
}

function attemptOf(attempt: AttemptEvent, call: CallEvent, width: number, paint: Painter): string[] {
  const { outcome, usage, cost, ordinal, status, requestId } = attempt
  const isFailure = outcome.ending === 'error'
  const became = isFailure
    ? (outcome.errorCode ?? 'error')
    : `${outcome.ending}${outcome.rawStop ? ` (${outcome.rawStop})` : ''}`
  const number = `${ordinal}`.padStart(4)
  const title = `${number} ${shortened(`${attempt.provider}/${attempt.model}`, Math.floor(width / 2))}: `
  const state = shortened(became, width - title.length)
  const indent = ' '.repeat(5)
  const answered = attempt.answeredModel && attempt.answeredModel !== attempt.model ? `as ${attempt.answeredModel}` : ''
  const facts = [
    answered,
    `credential ${attempt.credential}`,
    status === undefined ? '' : `status ${status}`,
    requestId === undefined ? '' : `request ${requestId}`,
    clocks(attempt),
  ].filter((fact) => fact !== '')
  return [
    title + paint(isFailure ? 'red' : 'green', state),
    ...wrapped(facts.join(', '), width, indent),
    // The call's own failure is told above.
    ...(outcome.errorMessage === call.outcome.errorMessage ? [] : failure(outcome, width, indent)),
    ...wrapped(`${tokens(usage)}: ${priceOf(cost)}`, width, indent),
  ]
}

function priceOf(cost: Cost): string {
  if (!cost.priceVersion) return formatCost(cost)
  return cost.nanoUsd === null
    ? `unpriced, for prices ${cost.priceVersion} do not list it`
    : `${formatCost(cost)} by prices ${cost.priceVersion}`
}

function clocks({ connectMs, headersMs, firstTokenMs }: AttemptEvent): string {
  return [
    connectMs === undefined ? '' : `connected after ${milliseconds(connectMs)}`,
    headersMs === undefined ? '' : `headers after ${milliseconds(headersMs)}`,
    firstTokenMs === undefined ? '' : `content after ${milliseconds(firstTokenMs)}`,
  ]
    .filter((clock) => clock !== '')
    .join(', ')
}

function tokens(usage: Usage): string {
  const written = usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheWriteOther
  const input = details([
    [usage.cacheRead, 'from the cache'],
    [written, 'written to the cache'],
    [usage.imageIn, 'of images'],
    [usage.audioIn, 'of audio'],
  ])
  const output = details([
    [usage.outputReasoning, 'of reasoning'],
    [usage.audioOut, 'of audio'],
    [usage.imageOut, 'of images'],
  ])
  const about = usage.source === 'estimated' ? 'about ' : ''
  const tools = Object.entries(usage.serverToolCalls ?? {}).map(
    ([name, calls]) => `, ${printable(name)} ${grouped(calls)} times`,
  )
  return `${about}${counted(inputTokens(usage), 'token')} in${input}, ${grouped(outputTokens(usage))} out${output}${tools.join('')}`
}

function details(parts: readonly (readonly [number, string])[]): string {
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`)
  return said.length === 0 ? '' : ` (${said.join(', ')})`
}

function losses(call: CallEvent, width: number): string[] {
  return call.losses.flatMap(({ path, effect, detail }) =>
    wrapped(`Lost in translation: ${path} was ${effect}: ${detail}`, width),
  )
}

function total(call: CallEvent, attempts: readonly AttemptEvent[], width: number): string[] {
  if (attempts.length < 2) return []
  return wrapped(`All ${counted(attempts.length, 'attempt')}: ${tokens(call.usage)}: ${formatCost(call.cost)}`, width)
}
