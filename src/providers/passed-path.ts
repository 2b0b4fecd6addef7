import { InvalidRequest } from '../errors/index.ts'

/** What may stand in a path: RFC 3986's `pchar` and slashes. */
const pathShape = /^\/(?:[\w.~!$&'()*+,;=:@/-]|%[\da-f]{2})*$/i
/** What may stand in a query; so much, that nothing can end the request's first line. */
const queryShape = /^(?:\?[\x21\x22\x24-\x7e]*)?$/
/** A longer one is none of an API. */
const maxLength = 4096

const version = /^\/v1(?:beta)?(?=\/|$)/
const upload = /^\/upload(?=\/v1(?:beta)?(?:\/|$))/

/**
 * Where a path leads below a base URL, and below it alone: a leading `/v1` or `/v1beta` stands for the base URL's own version,
 * and `/upload` before it stands before that version too, as Google has it. Throws `InvalidRequest` for a path that leads anywhere
 * else by any reading: dots, empty parts, and slashes, dots or control characters that are percent-encoded, even twice.
 */
export function pathBelow(base: URL, path: string, query: string): string {
  if (path.length + query.length > maxLength) throw unusable('it is longer than 4,096 characters')
  if (!pathShape.test(path)) throw unusable('it holds characters that are no part of one')
  if (!queryShape.test(query)) throw unusable('its query holds characters that are no part of one')
  path.slice(1).split('/').forEach(checkPart)
  const isUpload = upload.test(path)
  const rest = (isUpload ? path.replace(upload, '') : path).replace(version, '')
  const root = isUpload ? uploadRoot(base) : rootOf(base)
  const whole = root + (rest === '' && root === '' ? '/' : rest)
  // What is written is what any reader of URLs must read too.
  const read = URL.parse(base.origin + whole)
  if (read?.origin !== base.origin || read.pathname !== whole) throw unusable('it can be read in two ways')
  return whole + query
}

/** The path by which {@link pathBelow} leads to an address; undefined for one that is not below the base URL. */
export function pathTo(base: URL, address: URL): string | undefined {
  if (address.origin !== base.origin || address.username !== '' || address.password !== '') return undefined
  const { pathname, search } = address
  const root = rootOf(base)
  const uploads = uploadRoot(base)
  if (uploads !== root && pathname.startsWith(`${uploads}/`))
    return `/upload/v1${pathname.slice(uploads.length)}${search}`
  return pathname.startsWith(`${root}/`) ? `/v1${pathname.slice(root.length)}${search}` : undefined
}

const rootOf = (base: URL): string => base.pathname.replace(/\/$/, '')

/** Google takes files at `/upload/v1beta` where the rest is at `/v1beta`. */
const uploadRoot = (base: URL): string => rootOf(base).replace(/(?=\/v\d\w*$)/, '/upload')

function checkPart(part: string, index: number, parts: readonly string[]): void {
  if (part === '' && index < parts.length - 1) throw unusable('it has an empty part')
  let decoded = part
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    const once = unescaped(decoded)
    if (once === decoded) break
    decoded = once
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[/\\\x00-\x1f\x7f]|%[\da-f]{2}/i.test(decoded)) throw unusable('it holds an encoded slash or control character')
  if (/^\.{1,2}(?:;|$)/.test(decoded)) throw unusable('it has a part that is nothing but dots')
}

const unescaped = (text: string): string =>
  text.replaceAll(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

const unusable = (why: string): InvalidRequest =>
  new InvalidRequest(
    '',
    `The path cannot be passed through: ${why}.`,
    'Send a plain path below the provider, such as /v1/files.',
  )
