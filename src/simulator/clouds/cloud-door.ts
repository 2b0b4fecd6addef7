import type { IncomingHttpHeaders } from 'node:http'
import type { Dialect } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import type { Problem } from '../problem.ts'

/** An address at which a cloud serves another maker's models. */
export interface CloudDoor {
  /** The maker's own path that it stands for. */
  readonly path: string
  /** The maker's dialect in the cloud's words. */
  readonly dialect: Dialect
  /** Whether tokens are to be counted there, and nothing is to be answered. Default false. */
  readonly counts?: boolean
  /** The credential that a request shows where this cloud looks for one; empty where there is none. */
  keyOf(headers: IncomingHttpHeaders): string
  /** The body as the maker would get it, or why the cloud refuses it. */
  enter(body: JsonObject): { readonly body: JsonObject } | { readonly problem: Problem }
}

/** The token of a `Bearer` header. */
export function bearerOf({ authorization = '' }: IncomingHttpHeaders): string {
  return /^Bearer\s+(\S+)/i.exec(authorization)?.[1] ?? ''
}

/** One segment of a path. What cannot be decoded stands for itself. */
export function segment(text: string): string {
  return /%(?![\da-f]{2})/i.test(text) ? text : decodeURIComponent(text)
}
