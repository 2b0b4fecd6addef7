import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageFile } from './page-files.ts'

/** The page loads its own files and nothing else, runs no inline script, is framed by nobody and says nobody where it was. */
const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** Puts on every response what keeps browsers safe. */
export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
}

/** Sends a file of the page, or that the browser has it already. */
export function sendPage({ method, headers }: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const { type, etag, isImmutable } = file
  response.setHeader('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  response.setHeader('etag', etag)
  response.setHeader('vary', 'accept-encoding')
  if (headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const gzipped = takesGzip(headers['accept-encoding']) ? file.gzipped : undefined
  const body = gzipped ?? file.body
  if (gzipped) response.setHeader('content-encoding', 'gzip')
  response.writeHead(200, { 'content-type': type, 'content-length': body.length })
  response.end(method === 'HEAD' ? undefined : body)
}

const takesGzip = (accepted: string | string[] | undefined): boolean =>
  /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(accepted ?? ''))
