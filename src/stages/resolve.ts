import type { Alias } from '../core/alias.ts'
import type { Stage } from '../core/handler.ts'

/** Finds what a model name stands for. Throws `UnknownModel`, which lists what exists. */
export type FindAlias = (model: string) => Alias

/**
 * Gives the call the alias that its model name stands for, as it is at this moment: a reload changes later calls, never
 * this one. A caller who asks for an answer without an output limit gets the alias's.
 */
export function resolve({ findAlias }: { readonly findAlias: FindAlias }): Stage {
  return (next) =>
    function resolve(call) {
      const alias = findAlias(call.model)
      if (call.request.operation) return next({ ...call, alias })
      const maxOutputTokens = call.request.maxOutputTokens ?? alias.maxOutputTokens
      if (maxOutputTokens === call.request.maxOutputTokens) return next({ ...call, alias })
      return next({ ...call, alias, request: { ...call.request, maxOutputTokens } })
    }
}
