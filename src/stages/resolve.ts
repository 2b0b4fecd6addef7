import type { Alias } from '../core/alias.ts'
import type { Stage } from '../core/handler.ts'
import { withOwnKeys } from './own-keys.ts'

/** Finds what a model name stands for. Throws `UnknownModel`, which lists what exists. */
export type FindAlias = (model: string) => Alias

/**
 * Gives the call the alias that its model name stands for, as it is at this moment: a reload changes later calls, never
 * this one; where its caller brought keys, the part of it that those open. A caller who asks for an answer without an output limit gets the alias's.
 */
export function resolve({ findAlias }: { readonly findAlias: FindAlias }): Stage {
  return (next) =>
    function resolve(call) {
      const found = findAlias(call.model)
      const alias = call.ownKeys ? withOwnKeys(found, call.ownKeys) : found
      if (call.request.operation) return next({ ...call, alias })
      const maxOutputTokens = call.request.maxOutputTokens ?? alias.maxOutputTokens
      if (maxOutputTokens === call.request.maxOutputTokens) return next({ ...call, alias })
      return next({ ...call, alias, request: { ...call.request, maxOutputTokens } })
    }
}
