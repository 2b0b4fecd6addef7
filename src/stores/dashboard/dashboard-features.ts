import { others } from '../rollup/subject.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'
import { type CallFigures, scanCalls } from './dashboard-scan.ts'
import { addRolledToShare, addToShare, type OpenShare, shareIn, shareOf } from './dashboard-share.ts'
import { readRollUps, usableRollUps, wholeMinutes } from './roll-up-reader.ts'

const mostFeatures = 500

interface Deciders {
  readonly sources: Map<string, number>
  readonly promptHashes: Set<string>
  lastAt: number
}

/** What each feature spent in a span, and who decided; the costliest first, at most 500. */
export function features(record: DashboardRecord, asked: Span) {
  return record.tables.snapshot((tables) => featuresNow({ ...record, tables }, asked))
}

async function featuresNow(record: DashboardRecord, asked: Span) {
  const upto = await usableRollUps(record, asked)
  const span = upto > 0 ? wholeMinutes(asked) : asked
  const shares = new Map<string, OpenShare>()
  const deciders = new Map<string, Deciders>()
  const decide = (name: string, source: string, calls: number, promptHash: string, at: number) => {
    let known = deciders.get(name)
    if (!known) {
      known = { sources: new Map(), promptHashes: new Set(), lastAt: 0 }
      deciders.set(name, known)
    }
    if (source !== '') known.sources.set(source, (known.sources.get(source) ?? 0) + calls)
    if (promptHash !== '' && promptHash !== others) known.promptHashes.add(promptHash)
    known.lastAt = Math.max(known.lastAt, at)
  }
  if (upto > 0) {
    const select = 'feature, source, prompt_hash, calls, errors, cost_nano_usd, latency, last_at'
    for (const row of await readRollUps(record.tables, span, { select })) {
      const [name, source, promptHash, calls, errors, cost, latency, lastAt] = row as RolledFeature
      addRolledToShare(shareIn(shares, name), calls, errors, cost, latency)
      decide(name, source, calls, promptHash, lastAt)
    }
  }
  const add = (call: CallFigures) => {
    const [startedAt, , , , , , , , , , , source, , feature, , promptHash] = call
    addToShare(shareIn(shares, feature ?? ''), call)
    decide(feature ?? '', source ?? '', 1, promptHash ?? '', startedAt)
  }
  await scanCalls(record, span, ['source', 'feature', 'prompt_hash'], add, upto)
  return {
    features: [...shares]
      .sort(([, left], [, right]) => right.costNanoUsd - left.costNanoUsd || right.calls - left.calls)
      .slice(0, mostFeatures)
      .map(([name, share]) => {
        const { sources, promptHashes, lastAt } = deciders.get(name)!
        return {
          ...shareOf(name, share),
          sources: Object.fromEntries(sources),
          promptHashes: promptHashes.size,
          lastAt,
        }
      }),
  }
}

type RolledFeature = readonly [
  name: string,
  source: string,
  promptHash: string,
  calls: number,
  errors: number,
  cost: number,
  latency: Uint8Array,
  lastAt: number,
]
