import { addCost, type Cost, noCost } from '../core/cost.ts'
import type { CaseContent, CaseOutcome, CaseResult, ScoreResult } from '../core/eval-run.ts'
import { isInseamError } from '../errors/index.ts'
import type { DoorOptions } from '../patterns/begin-call.ts'
import { patternOf } from '../patterns/run-feature.ts'
import { unlessAborted } from '../stages/interruptible.ts'
import { type Candidate, candidateOf, candidateThatThrew } from './candidate.ts'
import type { KnownCase } from './case.ts'
import type { EvalSeam } from './eval-seam.ts'
import type { Score, Trial } from './scorer.ts'
import type { Suite } from './suite.ts'

/** Where and for which run a case is run. */
export interface CaseContext {
  readonly seam: EvalSeam
  readonly suite: Suite
  readonly runId: string
  readonly signal: AbortSignal
  /** Takes the known secrets out of what went in and came out, where the record keeps it. */
  readonly redact?: (text: string) => string
}

/** What a case gave. */
export interface CaseRun {
  readonly result: CaseResult
  readonly target?: string
  readonly content?: CaseContent
}

/** Runs a case and scores its answer. Never throws; where the signal aborts, what it gives is not to be counted. */
export async function runCase(context: CaseContext, known: KnownCase): Promise<CaseRun> {
  const { seam, suite, runId, signal } = context
  const options: DoorOptions = {
    door: 'eval',
    // Nobody waits for an answer of a suite as the users of the feature do.
    loadClass: 'batch',
    tags: [`suite:${suite.name}`, `case:${known.id}`, `eval:${runId}`],
    signal,
  }
  const callId = seam.newId(patternOf(suite.feature) === 'act' ? 'run' : 'call')
  const startedAt = seam.clock.date()
  const from = seam.clock.now()
  const candidate = await askFeature(context, known, { ...options, id: callId, timeoutMs: suite.limits.caseMs })
  const totalMs = seam.clock.now() - from
  const content = context.redact && contentOf(known, candidate, context.redact)
  const common = { id: known.id, callId, startedAt, totalMs }
  if (candidate.type === 'failed') {
    const { isItsFault, code, message, cost } = candidate
    const outcome = isItsFault ? 'failed' : 'unclear'
    return { result: { ...common, outcome, scores: [], error: { code, message }, cost }, content }
  }
  const asking = countedAsk((feature, input) => seam.runFeature(feature, input, options))
  const { output, text, result, decidedBy, target } = candidate
  const trial: Trial = { case: known, output, text, result, ask: asking.ask, signal }
  const { scores, cost: own } = await score(suite, trial, candidate.cost)
  const cost = addCost(own, asking.cost())
  return { result: { ...common, outcome: outcomeOf(scores), scores, decidedBy, cost }, target, content }
}

/** What scorers ask the seam is paid for by the run, whether they fail, forget to say so or ask again. */
function countedAsk(run: Trial['ask']): { readonly ask: Trial['ask']; readonly cost: () => Cost } {
  let cost = noCost
  const ask: Trial['ask'] = async (feature, input) => {
    try {
      const ran = await run(feature, input)
      cost = addCost(cost, ran.result.cost)
      return ran
    } catch (thrown) {
      if (isInseamError(thrown) && thrown.arrived) cost = addCost(cost, thrown.arrived.cost)
      throw thrown
    }
  }
  return { ask, cost: () => cost }
}

async function askFeature({ seam, suite }: CaseContext, known: KnownCase, options: DoorOptions): Promise<Candidate> {
  try {
    return candidateOf(await seam.runFeature(suite.feature, known.input, options))
  } catch (thrown) {
    return candidateThatThrew(thrown)
  }
}

async function score(suite: Suite, trial: Trial, own: Cost): Promise<{ scores: ScoreResult[]; cost: Cost }> {
  const scores: ScoreResult[] = []
  let cost = own
  for (const scorer of suite.scorers) {
    const said = await scoreBy(scorer, trial)
    if (said.cost) cost = addCost(cost, said.cost)
    const { outcome, value, detail } = said
    scores.push({ scorer: scorer.name, outcome, value, detail: detail === undefined ? undefined : cut(detail) })
  }
  return { scores, cost }
}

async function scoreBy(scorer: Suite['scorers'][number], trial: Trial): Promise<Score> {
  try {
    const said = scorer.score(trial)
    return said instanceof Promise ? await unlessAborted(said, trial.signal) : said
  } catch (thrown) {
    return {
      outcome: 'unclear',
      detail: `the scorer threw: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    }
  }
}

/** One scorer that failed decides; where none did, one that could not tell does. */
function outcomeOf(scores: readonly ScoreResult[]): CaseOutcome {
  if (scores.some(({ outcome }) => outcome === 'failed')) return 'failed'
  return scores.some(({ outcome }) => outcome === 'unclear') ? 'unclear' : 'passed'
}

const longestDetail = 300
const cut = (text: string) => (text.length > longestDetail ? `${text.slice(0, longestDetail - 1)}…` : text)

function contentOf(
  { input, expected }: KnownCase,
  candidate: Candidate,
  redact: (text: string) => string,
): CaseContent {
  const kept = (value: unknown) => {
    const json = jsonOf(value)
    return json === undefined ? undefined : bounded(redact(json))
  }
  const output = candidate.type === 'answered' ? kept(candidate.output) : undefined
  return { input: kept(input) ?? 'null', expected: kept(expected), output }
}

/** What is kept of an input, an expectation or an output, in characters of JSON. */
const longestContent = 20_000

/** JSON that is too long becomes the JSON of its beginning as a text. */
const bounded = (json: string): string =>
  json.length > longestContent ? JSON.stringify(`${json.slice(0, longestContent)}…`) : json

/** What JSON cannot carry is kept as the text that JavaScript makes of it. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return JSON.stringify(String(value))
  }
}
