import { createHash } from 'node:crypto'
import type { Call } from '../core/call.ts'
import { modelOf } from '../core/target.ts'
import { aliasOf } from './routed.ts'

/**
 * A key under which two calls are the same call: same scope (tenant, key and feature), same alias, targets and models behind them, same
 * dialect and place in it, and the same request, for clients to the byte. What cannot change an answer (user, session, tags, ids) is left
 * out; everything else is in. 128 bits of SHA-256, after the scope, so that no two scopes share a key even by collision.
 */
export function callKey(call: Call): string {
  const { caller, wire, request } = call
  const alias = aliasOf(call)
  const scope = JSON.stringify([caller.tenant ?? null, caller.keyId ?? null, caller.feature ?? null])
  const hash = createHash('sha256')
  hash.update(
    JSON.stringify([
      alias.name,
      alias.targets.map((target) => [target.name, modelOf(target)]),
      request.stream,
      request.maxOutputTokens ?? null,
      call.translation ?? null,
      call.onInterrupted ?? null,
    ]),
  )
  hash.update('\0')
  hash.update(
    wire ? JSON.stringify([wire.dialect, wire.path ?? null, wire.headers]) + wire.body : JSON.stringify(request),
  )
  return `${scope}:${hash.digest('base64url').slice(0, 22)}`
}
