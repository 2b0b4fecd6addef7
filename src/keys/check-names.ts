import type { Pipeline } from '../core/pipeline.ts'
import { InvalidRequest } from '../errors/index.ts'
import type { KeyAsk } from './key-ask.ts'

/**
 * Refuses keys for what there is not: an alias or a model that nobody serves, a provider that is not configured, or one for which the
 * operator lets nobody bring a key. Names of features are labels, too, and any will do. What goes later stays in the key, and opens nothing.
 */
export function checkNamesWith(
  pipeline: Pick<Pipeline, 'targetsOf' | 'passable'>,
): (scope: Pick<KeyAsk, 'aliases' | 'passThrough' | 'providerKeys'>) => void {
  return ({ aliases = [], passThrough, providerKeys }) => {
    for (const [index, name] of aliases.entries()) demandModel(pipeline, name, `aliases[${index}]`)
    const providers = pipeline.passable()
    const all = providers.map(({ name }) => name)
    demandProviders(passThrough, all, 'passThrough', 'is configured')
    const open = providers.filter(({ takesCallerKeys }) => takesCallerKeys).map(({ name }) => name)
    demandProviders(providerKeys, open, 'providerKeys', 'lets callers bring a key (`callerKeys: true`)')
  }
}

function demandModel(pipeline: Pick<Pipeline, 'targetsOf'>, name: string, path: string): void {
  try {
    pipeline.targetsOf(name)
  } catch {
    throw new InvalidRequest(
      path,
      `there is no alias or model "${name}".`,
      'Name one that `inseam models` lists, or as provider/model; configure it first where it is to come.',
    )
  }
}

function demandProviders(
  named: boolean | readonly string[] | undefined,
  known: readonly string[],
  path: string,
  what: string,
): void {
  if (typeof named !== 'object') return
  named.forEach((name, index) => {
    if (known.includes(name)) return
    throw new InvalidRequest(
      `${path}[${index}]`,
      `no provider "${name}" ${what}.`,
      `Name one of: ${known.join(', ') || 'none yet'}.`,
    )
  })
}
