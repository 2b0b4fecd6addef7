import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { OwnKey, OwnKeys } from '../core/own-keys.ts'
import type { PassableProvider } from '../core/pipeline.ts'
import { InseamError, InvalidRequest } from '../errors/index.ts'
import type { Admission } from './guard.ts'

/** The header with which callers bring keys of providers: `anthropic=sk-ant-…`, several with commas. */
export const broughtIn = 'x-inseam-provider-key'

/** Printable, and no comma: what a header can hold and a list can tell apart. */
const shape = /^[\x21-\x2b\x2d-\x7e]{8,1024}$/
const mostKeys = 10

/**
 * The keys that a caller brought, where the operator and the caller's own key let it. Undefined where it brought none. Throws `forbidden` or
 * `invalid-request`, neither of which says anything of what was brought.
 */
export function broughtKeys(
  headers: IncomingHttpHeaders,
  providers: () => readonly PassableProvider[],
  { keyName, bringsKeyFor }: Pick<Admission, 'keyName' | 'bringsKeyFor'>,
): OwnKeys | undefined {
  const value = headers[broughtIn]
  if (value === undefined) return undefined
  const keys = new Map<string, OwnKey>()
  const open = providers().filter(({ takesCallerKeys }) => takesCallerKeys)
  for (const part of String(value).split(',')) {
    const [name, secret] = read(part.trim())
    if (!open.some((provider) => provider.name === name))
      throw new InseamError('forbidden', 'The operator lets nobody bring a key for that provider.', {
        fix: `Bring one for ${open.map((provider) => provider.name).join(', ') || 'no provider'}, or leave \`${broughtIn}\` out.`,
      })
    if (!bringsKeyFor(name))
      throw new InseamError('forbidden', `The key "${keyName}" may not bring a key for "${name}".`, {
        fix: `Give it \`providerKeys: [${name}]\`, or leave \`${broughtIn}\` out.`,
      })
    if (keys.has(name) || keys.size >= mostKeys) throw unreadable()
    keys.set(name, { credential: labelOf(secret), reveal: () => secret })
  }
  return keys
}

function read(part: string): readonly [name: string, secret: string] {
  const equals = part.indexOf('=')
  const [name, secret] = [part.slice(0, equals), part.slice(equals + 1).trim()]
  if (equals < 1 || !shape.test(secret)) throw unreadable()
  return [name.trim(), secret]
}

/** What is wrong is not quoted: it may be a secret. */
const unreadable = () =>
  new InvalidRequest(broughtIn, 'it cannot be read.', 'Write PROVIDER=KEY; several with commas, each provider once.')

/** Of this process alone: whoever reads the record cannot try keys against it. */
const salt = randomBytes(32)

const labelOf = (secret: string): string =>
  `caller-${createHmac('sha256', salt).update(secret).digest('hex').slice(0, 12)}`
