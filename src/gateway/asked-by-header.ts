import type { IncomingHttpHeaders } from 'node:http'
import type { HoldBack, OnInterrupted } from '../core/commit.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { CallInput } from '../core/pipeline.ts'
import type { Translation } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'

/** What a client asks of the seam itself, beside what it asks of the model. */
export type AskedByHeader = Pick<CallInput, 'timeoutMs' | 'translation' | 'onInterrupted' | 'holdBack' | 'loadClass'>

/** Reads the `x-inseam-…` headers that change how a call is made. Throws `InvalidRequest`, which names the header. */
export function askedByHeader(headers: IncomingHttpHeaders): AskedByHeader {
  return {
    timeoutMs: read(headers, 'x-inseam-deadline-ms', 'a number of milliseconds above 0', positive),
    translation: read(headers, 'x-inseam-translation', 'strict or loud', translation),
    onInterrupted: read(headers, 'x-inseam-on-interrupted', 'error or splice', onInterrupted),
    holdBack: read(headers, 'x-inseam-hold-back', 'whole, or ms=2000, tokens=200, or both', holdBack),
    loadClass: read(headers, 'x-inseam-load-class', 'interactive or batch', loadClass),
  }
}

function read<Value>(
  headers: IncomingHttpHeaders,
  name: string,
  expected: string,
  parse: (text: string) => Value | undefined,
): Value | undefined {
  const value = headers[name]
  if (value === undefined) return undefined
  const parsed = typeof value === 'string' ? parse(value) : undefined
  if (parsed !== undefined) return parsed
  throw new InvalidRequest(name, `expected ${expected}, found "${String(value).slice(0, 40)}".`)
}

function positive(text: string): number | undefined {
  const number = /^(\d+(\.\d*)?|\.\d+)(e\+?\d+)?$/i.test(text) ? Number(text) : 0
  return Number.isFinite(number) && number > 0 ? number : undefined
}

const translation = (text: string): Translation | undefined => (text === 'strict' || text === 'loud' ? text : undefined)

/** No dialect has a word for an answer that begins again. */
const onInterrupted = (text: string): OnInterrupted | undefined =>
  text === 'error' || text === 'splice' ? text : undefined

const loadClass = (text: string): LoadClass | undefined =>
  text === 'interactive' || text === 'batch' ? text : undefined

function holdBack(text: string): HoldBack | undefined {
  if (text === 'whole') return text
  const limits: { ms?: number; tokens?: number } = {}
  for (const part of text.split(',')) {
    const [, name, digits] = /^\s*(ms|tokens)\s*=\s*(\d{1,9})\s*$/.exec(part) ?? []
    if (name === undefined || digits === undefined) return undefined
    limits[name as keyof typeof limits] = Number(digits)
  }
  return limits
}
