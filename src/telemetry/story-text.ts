import { addCost, type Cost, formatCost } from '../core/cost.ts'
import { type AttemptEvent, type CallEvent, targetName } from '../core/event.ts'
import { counted, grouped, milliseconds } from '../core/figures.ts'
import { printable } from '../core/printable.ts'
import { inputTokens, outputTokens, type Usage } from '../core/usage.ts'
import { momentOf, shortened, wrapped } from './plain-text.ts'
import { tellAnswer } from './story-answer.ts'
import { tellPromptCache } from './story-cache.ts'
import { tellCaller } from './story-caller.ts'
import { tellFailure } from './story-failure.ts'
import { joined, layoutOf, type Painter, type StoryOptions, timed, titled } from './story-layout.ts'
import { tellMoment } from './story-moments.ts'
import { barOf, stretchOf } from './time-line.ts'

/** How the story of a call is told. */
export interface CallStoryOptions extends StoryOptions {
  /** Its corrective turns. Default: none. */
  readonly children?: readonly CallEvent[]
}

/**
 * The story of one call as plain text: who answered and why, each wait, retry and fallback, each attempt on a time line, with
 * its tokens, its cost and, where it failed, what to do about it. What providers said is shown without control characters.
 * Never throws.
 */
export function tellStory(call: CallEvent, attempts: readonly AttemptEvent[], options: CallStoryOptions = {}): string {
  const layout = layoutOf(options)
  const { width, paint } = layout
  const { children = [] } = options
  return joined([
    head(call, width, paint),
    answerOf(call, width, paint),
    titled('What happened', happenings(call, width), layout),
    titled('Attempts', timeLine(call, attempts, width, paint), layout),
    ...attempts.map((attempt) => attemptOf(attempt, call, width, paint)),
    losses(call, width),
    total(call, attempts, width),
    titled('Corrections', corrections(call, children, width), layout),
  ])
}

function head(call: CallEvent, width: number, paint: Painter): string[] {
  const [title = '', ...rest] = wrapped(`${call.callId} ${momentOf(call.startedAt)} UTC`, width)
  const parent = call.parentId ? wrapped(`It corrects or continues ${call.parentId}.`, width) : []
  const run = call.runId ? wrapped(`It is a call of ${call.runId}.`, width) : []
  return [paint('bold', title), ...rest, ...parent, ...run]
}

function answerOf(call: CallEvent, width: number, paint: Painter): string[] {
  const asked = tellCaller(call, whatWasAsked(call))
  const colour = call.outcome.ending === 'error' ? 'red' : call.outcome.ending === 'completed' ? 'green' : 'bold'
  const lines = wrapped(`${tellAnswer(call)}.`, width).map((line) => paint(colour, line))
  return [
    ...wrapped(asked, width),
    ...lines,
    ...wrapped(timeAndCost(call), width),
    ...wrapped(bytesOf(call), width),
    ...tellFailure(call.outcome, width),
  ]
}

function whatWasAsked({ operation, model, passed }: CallEvent): string {
  if (passed) return `passed on ${passed.method} ${passed.path} as it is`
  if (operation === 'embed') return `asked for vectors of "${model}"`
  return operation === 'count-tokens' ? `asked how many tokens a request to "${model}" has` : `asked for "${model}"`
}

function timeAndCost(call: CallEvent): string {
  const first = call.firstTokenMs === undefined ? '' : `First content after ${milliseconds(call.firstTokenMs)}; `
  const whole = `${first === '' ? 'All' : 'all'} over after ${milliseconds(call.totalMs)}`
  const own = `of which the seam took ${milliseconds(call.overheadMs)}`
  return `${first}${whole}, ${own}. Cost: ${formatCost(call.cost)}.`
}

/** What went through, where nothing of it was read. */
function bytesOf({ passed }: CallEvent): string {
  if (!passed) return ''
  return `${counted(passed.bytesIn, 'byte')} in, ${grouped(passed.bytesOut)} out; nothing of it was read or priced.`
}

function happenings(call: CallEvent, width: number): string[] {
  return call.moments.flatMap((moment) => timed(moment.atMs, tellMoment(moment), width))
}

/** What was asked again because the answer did not fit, and what all of it cost. */
function corrections(call: CallEvent, children: readonly CallEvent[], width: number): string[] {
  if (children.length === 0) return []
  const lines = children.flatMap((child) => {
    const facts = `${milliseconds(child.totalMs)}, ${formatCost(child.cost)}`
    return timed(
      Math.max(0, child.startedAt - call.startedAt),
      `${child.callId}: ${tellAnswer(child)}; ${facts}`,
      width,
    )
  })
  const cost = children.reduce((sum, child) => addCost(sum, child.cost), call.cost)
  return [...lines, ...wrapped(`With ${counted(children.length, 'correction')}: ${formatCost(cost)}`, width)]
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
  const promptCache = tellPromptCache(attempt)
  const isFailure = outcome.ending === 'error'
  const became = isFailure
    ? (outcome.errorCode ?? 'error')
    : `${outcome.ending}${outcome.rawStop ? ` (${outcome.rawStop})` : ''}`
  const number = `${ordinal}`.padStart(4)
  const title = `${number} ${shortened(targetName(attempt), Math.floor(width / 2))}: `
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
    ...(outcome.errorMessage === call.outcome.errorMessage ? [] : tellFailure(outcome, width, indent)),
    ...wrapped(`${tokens(usage)}: ${priceOf(cost)}`, width, indent),
    ...(promptCache === '' ? [] : wrapped(promptCache, width, indent)),
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
