import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { modelOf, type Target } from '../core/target.ts'
import { InseamError } from '../errors/index.ts'

/**
 * The targets of an alias that this call may be sent to. Vectors come from one model alone, that of the first target that gives
 * any: those of another cannot be compared with what the caller has kept, so there is nothing to fall back to. Throws
 * `operation-unsupported` where none gives any.
 */
export function eligibleTargets(alias: Alias, { request, story }: Call): readonly Target[] {
  if (request.operation !== 'embed') return alias.targets
  const able = alias.targets.filter(({ maxInputs }) => maxInputs !== undefined)
  const [first] = able
  if (!first) throw givesNone(alias)
  const model = modelOf(first)
  for (const target of able) {
    if (modelOf(target) === model) continue
    const because = `its vectors cannot stand beside those of ${model}`
    story.note({ type: 'target-left-out', target: target.name, because })
  }
  return able.filter((target) => modelOf(target) === model)
}

/** Those of an alias's targets that may answer in place of its first, in order. */
export function standIns({ targets }: Alias, { request }: Pick<Call, 'request'>): readonly Target[] {
  if (request.operation !== 'embed') return targets.slice(1)
  const [first, ...others] = targets.filter(({ maxInputs }) => maxInputs !== undefined)
  return first ? others.filter((target) => modelOf(target) === modelOf(first)) : []
}

function givesNone({ name, targets }: Alias): InseamError {
  const names = targets.map((target) => target.name).join(', ')
  return new InseamError('operation-unsupported', `No target of "${name}" gives vectors: ${names}.`, {
    fix: 'Name an embedding model, or add one to the alias: `openai/text-embedding-3-small`, say.',
    advice: 'stop',
  })
}
