import { type Command, InvalidArgumentError } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { InseamError } from '../errors/index.ts'
import { openSeam } from '../index.ts'
import { type IssuedKey, type KeyDesk, shownOf } from '../keys/index.ts'
import { openKeys } from '../open-keys.ts'
import { auditTable, keysTable, keyText } from './keys/key-text.ts'
import { askedScope, parseSpan, type ScopeOptions, withScope } from './keys/scope-options.ts'

/** Who sits at the machine may do everything. */
const operator = { type: 'operator' } as const

/** `inseam keys`: the keys that callers present to the gateway. A running gateway knows of each change within two seconds. */
export function keysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('Make, show, change and end the keys of the gateway.')
    .addHelpText('after', examples)
  const command = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'the configuration file, which says where keys are kept (default: inseam.yaml)')
      .option('--json', 'print it as JSON')

  withScope(
    command('create', 'Make a key. Its secret is shown once.').argument('<name>', 'what people call it'),
  ).action(create)
  command('list', 'List the keys, the newest first.').option('--all', 'revoked ones, too').action(list)
  command('show', 'Show a key.').argument('<key>', 'its id or its name').action(show)
  withScope(command('change', 'Change what a key opens.').argument('<key>', 'its id or its name'))
    .option('--name <name>', 'what people call it from now on')
    .option(
      '--clear <fields...>',
      'what is taken from it: aliases, features, passThrough, providerKeys, addresses, budgets, limits, expiresAt',
    )
    .action(change)
  command('rotate', 'Give a key another secret, which is shown once.')
    .argument('<key>', 'its id or its name')
    .option('--grace <time>', 'how long the old secret goes on to open: 0, 90m, 24h, 7d', parseSpan, 0)
    .action(rotate)
  command('revoke', 'End a key, and those that were made with it, for good.')
    .argument('<key>', 'its id or its name')
    .action(revoke)
  command('audit', 'Show every change, the newest first.')
    .option('-n, --limit <number>', 'how many', parseLimit, 50)
    .option('--verify', 'look through the whole log: whether an entry was changed or taken out')
    .option('--known <entry>', 'with --verify: an entry that was the newest once, as NUMBER:HASH', parseKnown)
    .action(audit)
}

const examples = `
Examples:
  inseam keys create ci --alias fast --budget 5/day --expires 90d
  inseam keys create acme --tenant acme --role manager --budget 500/month
  inseam keys rotate ci --grace 24h
  inseam keys audit --verify
`

interface Common {
  readonly config?: string
  readonly json?: boolean
}

async function create(name: string, { config, json, ...scope }: Common & ScopeOptions): Promise<void> {
  await atDesk(config, scope, async (desk) => {
    const issued = await desk.create(operator, { name, ...askedScope(scope) })
    const isFirst = (await desk.list(operator)).length === 1
    if (json) return printJson(issuedJson(issued))
    print(`Made the key "${issued.key.name}".\n${secretText(issued)}`)
    if (isFirst) print('It is the first one: from now on, the gateway asks every caller for a key.\n')
  })
}

async function list({ config, json, all }: Common & { readonly all?: boolean }): Promise<void> {
  await atDesk(config, {}, async (desk) => {
    const every = await desk.list(operator)
    const keys = all ? every : every.filter(({ revokedAt }) => revokedAt === undefined)
    if (json) printJson(keys.map(shownOf))
    else print(keysTable(keys, Date.now()))
  })
}

async function show(key: string, { config, json }: Common): Promise<void> {
  await atDesk(config, {}, async (desk) => {
    const found = await desk.show(operator, key)
    if (json) printJson(shownOf(found))
    else print(keyText(found, Date.now()))
  })
}

interface ChangeOptions extends Common, ScopeOptions {
  readonly name?: string
  readonly clear?: readonly string[]
}

async function change(key: string, { config, json, name, clear = [], ...scope }: ChangeOptions): Promise<void> {
  await atDesk(config, scope, async (desk) => {
    const cleared = Object.fromEntries(clear.map((field) => [field, null]))
    const asked = { ...cleared, ...askedScope(scope), ...(name !== undefined && { name }) }
    const changed = await desk.change(operator, key, asked)
    if (json) printJson(shownOf(changed))
    else print(keyText(changed, Date.now()))
  })
}

async function rotate(key: string, { config, json, grace }: Common & { readonly grace: number }): Promise<void> {
  await atDesk(config, {}, async (desk) => {
    const issued = await desk.rotate(operator, key, grace)
    if (json) return printJson(issuedJson(issued))
    const until =
      grace === 0 ? 'The old one opens no more.' : `The old one opens for ${Math.round(grace / 60_000)} minutes more.`
    print(`The key "${issued.key.name}" has another secret. ${until}\n${secretText(issued)}`)
  })
}

async function revoke(key: string, { config, json }: Common): Promise<void> {
  await atDesk(config, {}, async (desk) => {
    const [first, ...others] = await desk.revoke(operator, key)
    if (json) return printJson([first, ...others].flatMap((one) => (one ? shownOf(one) : [])))
    const made =
      others.length === 0 ? '' : ` So are those that were made with it: ${others.map(({ name }) => name).join(', ')}.`
    print(`The key "${first?.name}" is revoked. Gateways refuse it within two seconds.${made}\n`)
  })
}

interface AuditOptions extends Common {
  readonly limit: number
  readonly verify?: boolean
  readonly known?: { readonly seq: number; readonly hash: string }
}

async function audit({ config, json, limit, verify, known }: AuditOptions): Promise<void> {
  await atDesk(config, {}, async (desk) => {
    if (!verify && !known) {
      const entries = await desk.audit(operator, { limit })
      if (json) printJson(entries)
      else print(auditTable(entries))
      return
    }
    const { entries, newest, broken } = await desk.verify(operator, known)
    if (json) printJson({ entries, newest, broken })
    if (broken)
      throw new InseamError(
        'store-failed',
        `The log of changes is broken: entry ${broken.seq} ${words[broken.reason]}.`,
        {
          fix: 'Compare it with a backup, find out who can write to the store, and rotate the keys that you cannot account for.',
        },
      )
    const kept = newest
      ? ` Keep ${newest.seq}:${newest.hash} elsewhere, and --known will tell whether entries were cut off.`
      : ''
    if (!json) print(`The log is whole: ${entries} ${entries === 1 ? 'entry' : 'entries'}.${kept}\n`)
  })
}

const words = { changed: 'is not what was written', missing: 'is gone' } as const

/** Opens the desk. What a key is to be bound to is looked up only where something is named. */
async function atDesk(
  path: string | undefined,
  scope: ScopeOptions,
  work: (desk: KeyDesk) => Promise<void>,
): Promise<void> {
  const config = await loadConfig({ path })
  const isNaming = scope.alias !== undefined || scope.passThrough !== undefined || scope.providerKeys !== undefined
  await using seam =
    isNaming && config.providers.length > 0 ? await openSeam({ config: withoutRecord(config) }) : undefined
  await using keys = await openKeys(config, seam)
  await work(keys.desk)
}

function withoutRecord(config: Config): Config {
  const { postgres: _, ...events } = config.events
  return { ...config, events: { ...events, store: 'none' } }
}

const issuedJson = ({ key, secret }: IssuedKey) => ({ key: shownOf(key), secret })

const secretText = ({ key, secret }: IssuedKey): string =>
  `\n  ${secret}\n\nThis is the only time that it is shown. Clients send it as their API key. Its id is ${key.id}.\n`

const print = (text: string): void => void process.stdout.write(text)
const printJson = (value: unknown): void => print(`${JSON.stringify(value, undefined, 2)}\n`)

function parseLimit(text: string): number {
  const count = Number(text)
  if (/^\d{1,6}$/.test(text) && count >= 1) return count
  throw new InvalidArgumentError('It must be a whole number of 1 or more.')
}

function parseKnown(text: string): { readonly seq: number; readonly hash: string } {
  const [, seq, hash] = /^(\d{1,12}):([\da-f]{64})$/.exec(text) ?? []
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash }
  throw new InvalidArgumentError('It must be NUMBER:HASH, as --verify printed it.')
}
