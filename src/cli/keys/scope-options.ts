import { type Command, InvalidArgumentError } from 'commander'

/** What a user may say about what a key opens. */
export interface ScopeOptions {
  readonly role?: string
  readonly tenant?: string
  readonly alias?: readonly string[]
  readonly feature?: readonly string[]
  readonly passThrough?: true | readonly string[]
  readonly providerKeys?: true | readonly string[]
  readonly address?: readonly string[]
  readonly budget?: readonly object[]
  readonly requests?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly concurrency?: number
  readonly expires?: number
}

/** Adds the options that say what a key opens. */
export function withScope(command: Command): Command {
  return command
    .option('--role <role>', 'caller, viewer, manager or admin (default for a new key: caller)')
    .option('--tenant <name>', 'the tenant on whose behalf it calls')
    .option('--alias <names...>', 'the aliases, or provider/model, that it may call (default: any)')
    .option('--feature <names...>', 'the features that it may name, and call as feature/NAME (default: any)')
    .option('--pass-through [providers...]', 'the providers whose whole API it may reach; all, where none is named')
    .option('--provider-keys [providers...]', 'the providers for which its holder may bring a key of their own')
    .option('--address <ranges...>', 'the addresses that it may be used from: 192.0.2.7, 10.0.0.0/8')
    .option(
      '--budget <amounts...>',
      'what may be spent with it: 50/day, 5/hour, 500/month, in USD; 50/day/soft only warns',
      parseBudget,
    )
    .option('--requests <number>', 'requests a minute', parseCount)
    .option('--input-tokens <number>', 'input tokens a minute', parseCount)
    .option('--output-tokens <number>', 'output tokens a minute', parseCount)
    .option('--concurrency <number>', 'calls at once', parseCount)
    .option('--expires <when>', 'when it ends: 12h, 90d, or a day or time (2027-01-01, UTC)', parseEnd)
}

/** What was asked for, as the desk reads it. */
export function askedScope(options: ScopeOptions): Record<string, unknown> {
  const { alias, feature, address, budget, expires } = options
  const { requests, inputTokens, outputTokens, concurrency } = options
  const limits = stated({ requests, inputTokens, outputTokens, concurrency })
  return stated({
    role: options.role,
    tenant: options.tenant,
    aliases: alias,
    features: feature,
    passThrough: options.passThrough,
    providerKeys: options.providerKeys,
    addresses: address,
    budgets: budget,
    limits: Object.keys(limits).length > 0 ? limits : undefined,
    expiresAt: expires,
  })
}

const stated = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function parseBudget(text: string, before: readonly object[] = []): readonly object[] {
  const [, amount, per, soft] = /^\$?(\d{1,7}(?:\.\d{1,9})?) ?(?:USD)?\/(hour|day|month)(\/soft)?$/.exec(text) ?? []
  if (amount === undefined) throw new InvalidArgumentError('It must be such as 50/day, 0.5/hour or 500/month/soft.')
  return [...before, { limitUsd: Number(amount), per, hard: soft === undefined }]
}

function parseCount(text: string): number {
  const count = Number(text)
  if (/^\d{1,13}$/.test(text) && count >= 1) return count
  throw new InvalidArgumentError('It must be a whole number of 1 or more.')
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `90m`, `12h`, `30d`, `4w`, in milliseconds. */
export function parseSpan(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  if (count !== undefined) return Number(count) * units[unit]!
  if (text === '0') return 0
  throw new InvalidArgumentError('It must be such as 0, 90m, 24h or 7d.')
}

function parseEnd(text: string): number {
  if (/^\d+[mhdw]$/.test(text)) return Date.now() + parseSpan(text)
  const at = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new InvalidArgumentError('It must be such as 12h, 90d, 2027-01-01 or 2027-01-01T12:00Z.')
}
