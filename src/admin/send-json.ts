import type { ServerResponse } from 'node:http'
import { asInseamError } from '../errors/index.ts'
import type { ApiError } from './api.ts'

/** Sends a JSON answer that nothing may keep, if anybody is there to take it. */
export function sendJson(response: ServerResponse, status: number, answer: unknown): void {
  if (response.destroyed || response.headersSent) return
  const body = Buffer.from(JSON.stringify(answer))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  response.end(body)
}

/** Sends a refusal, in the one form that all have. */
export function sendRefusal(response: ServerResponse, thrown: unknown): void {
  const { code, message, fix, status } = asInseamError(thrown)
  if (code === 'unauthorized') response.setHeader('www-authenticate', 'Bearer')
  const answer: ApiError = { error: { code, message, fix } }
  sendJson(response, status, answer)
}
