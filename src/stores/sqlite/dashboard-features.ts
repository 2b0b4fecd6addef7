import type { DashboardRecord, Span } from './dashboard-record.ts'
import { scanCalls } from './dashboard-scan.ts'
import { addToShare, type OpenShare, shareIn, shareOf } from './dashboard-share.ts'

const mostFeatures = 500

interface Deciders {
  readonly sources: Map<string, number>
  readonly promptHashes: Set<string>
  lastAt: number
}

/** What each feature spent in a span, and who decided; the costliest first, at most 500. */
export function features(record: DashboardRecord, span: Span) {
  const shares = new Map<string, OpenShare>()
  const deciders = new Map<string, Deciders>()
  scanCalls(record, span, ['source', 'feature', 'prompt_hash'], (call) => {
    const [startedAt, , , , , , , , , , , source, , feature, , promptHash] = call
    const name = feature ?? ''
    addToShare(shareIn(shares, name), call)
    let known = deciders.get(name)
    if (!known) {
      known = { sources: new Map(), promptHashes: new Set(), lastAt: 0 }
      deciders.set(name, known)
    }
    if (source !== null) known.sources.set(source, (known.sources.get(source) ?? 0) + 1)
    if (promptHash !== null) known.promptHashes.add(promptHash)
    known.lastAt = Math.max(known.lastAt, startedAt)
  })
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
