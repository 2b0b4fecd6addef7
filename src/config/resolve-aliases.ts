import type { HoldBack } from '../core/commit.ts'
import type { Translation } from '../core/request.ts'
import { findInCatalogue } from '../providers/catalogue.ts'
import { defaultAliasPolicy, timeoutProfiles } from './alias-policy.ts'
import type { AliasConfig, AliasPolicy, ProviderConfig, TargetConfig } from './config.ts'
import { defaultAliases } from './defaults.ts'
import { shownName } from './mask.ts'
import { nearest } from './nearest.ts'
import type { Report } from './report.ts'
import { listed } from './scalar.ts'
import type { WrittenConfig } from './schema.ts'

type WrittenAlias = NonNullable<WrittenConfig['models']>[string]

/** The aliases as written, each with its policy filled in; without the section, `fast` and `smart` over what is there. */
export function resolveAliases(
  written: WrittenConfig['models'],
  providers: readonly ProviderConfig[],
  /** Every provider that was written, those with problems included: an alias to one of them is right. */
  providerNames: readonly string[],
  /** What holds for the aliases that say nothing of it. */
  translation: Translation,
  report: Report,
): AliasConfig[] {
  if (!written) return defaultAliases(providers).map((alias) => ({ ...alias, translation }))
  const standard = { ...defaultAliasPolicy, translation }
  return Object.entries(written).map(([name, alias]) => resolve(name, alias, standard, providerNames, report))
}

function resolve(
  name: string,
  written: WrittenAlias,
  standard: AliasPolicy,
  providerNames: readonly string[],
  report: Report,
): AliasConfig {
  const { targets, weighted } = resolveTargets(name, 'targets', written.targets, providerNames, report)
  const { profile = 'normal', timeout = {}, retry = {}, maxOutputTokens, cache, hedge, holdBack } = written
  const usual = timeoutProfiles[profile]
  const policy = standard.retry
  const resolved: AliasConfig = {
    name,
    targets,
    order: written.order ?? (weighted ? 'weighted' : 'priority'),
    timeouts: {
      connectMs: timeout.connect ?? usual.connectMs,
      headersMs: timeout.headers ?? usual.headersMs,
      firstTokenMs: timeout.firstToken ?? usual.firstTokenMs,
      idleMs: timeout.idle ?? usual.idleMs,
      totalMs: timeout.total ?? usual.totalMs,
    },
    retry: {
      attempts: retry.attempts ?? policy.attempts,
      baseMs: retry.base ?? Math.min(policy.baseMs, retry.cap ?? policy.baseMs),
      capMs: retry.cap ?? Math.max(policy.capMs, retry.base ?? policy.capMs),
    },
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(written.loadClass && { loadClass: written.loadClass }),
    ...(cache && { cache: { ttlSeconds: cache.ttl / 1000 } }),
    coalesce: written.coalesce ?? standard.coalesce,
    promptCache: written.promptCache ?? standard.promptCache,
    translation: written.translation ?? standard.translation,
    onInterrupted: written.onInterrupted ?? standard.onInterrupted,
    ...resolveWaysOn(name, written, providerNames, report),
    ...(hedge && { hedge: { after: hedge.after ?? 'p95', budget: hedge.budget ?? 0.05 } }),
    ...(holdBack && { holdBack: resolveHoldBack(name, holdBack, report) }),
  }
  if (hedge && targets.length < 2) {
    report.add(
      ['models', name, 'hedge'],
      'There is no second target to ask.',
      'Add one below targets, or remove hedge.',
      'key',
    )
  }
  if (weighted && resolved.order === 'priority') {
    report.add(
      ['models', name, 'order'],
      'With this order the weights have no effect.',
      'Write order: weighted, or remove the weights.',
    )
  }
  if (resolved.retry.baseMs > resolved.retry.capMs) {
    report.add(
      ['models', name, 'retry', 'base'],
      'The first back-off is longer than the longest.',
      'Lower base, or raise cap.',
    )
  }
  return resolved
}

function resolveHoldBack(alias: string, written: NonNullable<WrittenAlias['holdBack']>, report: Report): HoldBack {
  if (written === 'whole') return written
  const { for: ms, tokens } = written
  if (ms === undefined && tokens === undefined) {
    report.add(['models', alias, 'holdBack'], 'Nothing says how long.', 'Write whole, { for: 2s } or { tokens: 200 }.')
  }
  return { ...(ms !== undefined && { ms }), ...(tokens !== undefined && { tokens }) }
}

function resolveWaysOn(
  alias: string,
  written: WrittenAlias,
  providerNames: readonly string[],
  report: Report,
): Pick<AliasConfig, 'onContextExceeded' | 'onContentBlocked'> {
  const read = (key: 'onContextExceeded' | 'onContentBlocked') => {
    const targets = written[key]
    return targets && { [key]: resolveTargets(alias, key, targets, providerNames, report).targets }
  }
  return { ...read('onContextExceeded'), ...read('onContentBlocked') }
}

function resolveTargets(
  alias: string,
  key: string,
  written: WrittenAlias['targets'],
  providerNames: readonly string[],
  report: Report,
): { targets: TargetConfig[]; weighted: boolean } {
  const seen = new Set<string>()
  let weighted = false
  const targets = written.map((item, index) => {
    const { target, weight } = typeof item === 'string' ? { target: item, weight: undefined } : item
    const path = ['models', alias, key, index, ...(typeof item === 'string' ? [] : ['target'])]
    const slash = target.indexOf('/')
    const provider = target.slice(0, slash)
    if (!providerNames.includes(provider) && !report.has(['providers']))
      sayNowhere(path, provider, providerNames, report)
    if (seen.has(target)) report.add(path, `${report.shown(path)} is there twice.`, 'Keep one of them.')
    seen.add(target)
    weighted ||= weight !== undefined
    return { provider, model: target.slice(slash + 1), weight: weight ?? 1 }
  })
  return { targets, weighted }
}

function sayNowhere(path: (string | number)[], provider: string, names: readonly string[], report: Report): void {
  const guess = nearest(provider, names)
  const known = findInCatalogue(provider) && `Add "${provider}" below "providers". `
  const advice = known ?? (guess === undefined ? '' : `Did you mean "${guess}"? `)
  const configured = names.length > 0 ? listed(names.map(shownName), 'and') : 'none'
  report.add(path, `${report.shown(path)} leads nowhere: no such provider.`, `${advice}Configured: ${configured}.`)
}
