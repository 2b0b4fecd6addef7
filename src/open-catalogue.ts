import { defaultAliasPolicy } from './config/alias-policy.ts'
import { secretsIn } from './config/secrets.ts'
import type { Config, ProviderConfig, TargetConfig } from './config.ts'
import type { Alias } from './core/alias.ts'
import type { ModelListing, PassableProvider, TargetPrice } from './core/pipeline.ts'
import type { Books } from './core/ports.ts'
import type { OwnProvider, Provider } from './core/provider.ts'
import { modelOf, type Target } from './core/target.ts'
import { noUsage, type Usage } from './core/usage.ts'
import { InseamError, UnknownModel } from './errors/index.ts'
import { allCan, findModel } from './models/index.ts'
import { configuredProvider, ownProvider, type ServedProvider } from './served-provider.ts'

/** One configuration at work: its providers, and what every model name stands for. */
export interface Catalogue {
  /** Throws `UnknownModel`, which lists what exists. */
  findAlias(model: string): Alias
  /** The models that callers may name, aliases first, at the prices of these books. */
  models(books: Pick<Books, 'price'>): readonly ModelListing[]
  readonly passable: readonly PassableProvider[]
  /** The provider of this name. Throws `not-found`. */
  findProvider(name: string): Pick<ServedProvider, 'client' | 'dialect'>
  /** Ends when what is in flight has ended. */
  close(): Promise<void>
}

/** Which provider serves a target. */
export type ServedTargets = Pick<WeakMap<Target, Provider>, 'set'>

/**
 * Opens the providers of a configuration and enters its targets, and those of the program's own providers, in `served`. Nothing
 * connects before the first call. Throws `config-invalid` where two providers have one name, or an alias names a model that an own
 * provider does not have.
 */
export function openCatalogue(config: Config, served: ServedTargets, own: readonly OwnProvider[] = []): Catalogue {
  // What a provider quotes may be any secret of ours, and not only those that it was sent.
  const secrets = secretsIn(config)
  const providers = new Map<string, ServedProvider>(
    config.providers.map((provider) => [provider.name, configuredProvider(provider, secrets)]),
  )
  for (const provider of own) {
    if (providers.has(provider.name)) throw twice(provider.name)
    providers.set(provider.name, ownProvider(provider))
  }

  const targetOf = (provider: string, model: string, weight = 1): Target | undefined => {
    const known = providers.get(provider)
    if (!known?.has(model)) return undefined
    const target: Target = {
      name: `${provider}/${model}`,
      provider,
      model,
      dialect: known.dialect,
      credential: 'default',
      weight,
      structure: known.structureOf(model),
      standsFor: known.standsFor(model),
      priceFactor: known.priceFactor,
      region: known.region,
      breaker: known.breaker,
      limits: known.limits,
      drainTokens: known.drainTokens,
      maxInputs: known.maxInputsOf(model),
      maxInputTokens: known.maxInputTokensOf(model),
      promptCache: known.promptCacheOf(model),
      contextTokens: known.capabilitiesOf(model).contextTokens,
    }
    served.set(target, known.client)
    return target
  }

  const aliases = new Map(
    config.aliases.map((alias): [string, Alias] => {
      const reach = (configured: readonly TargetConfig[] = []) =>
        configured.flatMap(({ provider, model, weight }) => {
          const target = targetOf(provider, model, weight)
          if (!target && providers.has(provider)) throw leadsNowhere(alias.name, provider, model, own)
          return target ?? []
        })
      const found = reach(alias.targets)
      refuseMixedVectors(alias.name, found)
      const { onContextExceeded, onContentBlocked } = alias
      const reached = {
        ...alias,
        targets: found,
        onContextExceeded: onContextExceeded && reach(onContextExceeded),
        onContentBlocked: onContentBlocked && reach(onContentBlocked),
      }
      return [alias.name, reached]
    }),
  )
  const listed = [...config.providers, ...own].flatMap(({ name, models }) =>
    models.map((model) => ({ provider: name, model })),
  )
  const named = [
    ...[...aliases.values()].map(({ name, targets }) => ({ id: name, ownedBy: 'inseam', targets })),
    ...listed.flatMap(({ provider, model }) => {
      const target = targetOf(provider, model)
      return target ? [{ id: target.name, ownedBy: provider, targets: [target] }] : []
    }),
  ]
  const abilityOf = ({ provider, model }: Target) => providers.get(provider)?.capabilitiesOf(model) ?? {}

  /** `provider/model`, or a model that one provider alone lists. */
  const findTarget = (name: string): Target | undefined => {
    const slash = name.indexOf('/')
    const spelt =
      slash > 0 && slash < name.length - 1 ? targetOf(name.slice(0, slash), name.slice(slash + 1)) : undefined
    if (spelt) return spelt
    const [only, ...others] = listed.filter(({ model }) => model === name)
    return only && others.length === 0 ? targetOf(only.provider, only.model) : undefined
  }

  return {
    findAlias(model) {
      const alias = aliases.get(model)
      if (alias) return alias
      const target = findTarget(model)
      if (!target)
        throw new UnknownModel(
          model,
          named.map(({ id }) => id),
          [...providers.keys()],
        )
      return { ...defaultAliasPolicy, translation: config.translation, name: model, targets: [target] }
    },
    models: (books) =>
      named.map(({ id, ownedBy, targets }) => ({
        id,
        ownedBy,
        targets: targets.map(({ name }) => name),
        capabilities: allCan(targets.map(abilityOf)),
        prices: targets.flatMap((target) => priceOf(target, books) ?? []),
      })),
    passable: passableOf(config.providers),
    findProvider(name) {
      const found = providers.get(name)
      if (found) return found
      throw new InseamError('not-found', `There is no provider "${name.slice(0, 100)}" here.`, {
        fix: `Name one of: ${[...providers.keys()].join(', ') || 'none is configured'}.`,
      })
    },
    async close() {
      await Promise.all(config.providers.map(({ name }) => providers.get(name)?.client.close()))
    },
  }
}

/** Of a short prompt and answer: a book may ask more for long ones. */
const thousandIn: Usage = { ...noUsage, inputUncached: 1000 }
const thousandOut: Usage = { ...noUsage, outputText: 1000 }

function priceOf(target: Target, books: Pick<Books, 'price'>): TargetPrice | undefined {
  const [input, output] = [books.price(target, thousandIn).nanoUsd, books.price(target, thousandOut).nanoUsd]
  return input === null || output === null
    ? undefined
    : { target: target.name, input: input / 1e6, output: output / 1e6 }
}

/** Two dialects of one host, with one credential, reach the same files and batches. */
function passableOf(providers: readonly ProviderConfig[]): PassableProvider[] {
  const first = new Map<string, string>()
  return providers.map(({ name, kind, dialect, url, key, headers, callerKeys = false }) => {
    const reach = JSON.stringify([url, key, headers])
    const account = first.get(reach) ?? name
    first.set(reach, account)
    return { name, kind, dialect, takesCallerKeys: callerKeys, account }
  })
}

function twice(name: string): InseamError {
  return new InseamError('config-invalid', `Two providers are called "${name}".`, {
    fix: 'Give the provider that the program brings another name than those of the configuration.',
  })
}

/** Vectors of two models cannot be compared, so that the one is nothing to fall back to from the other. */
function refuseMixedVectors(name: string, targets: readonly Target[]): void {
  const known = targets.map((target) => findModel(modelOf(target))).filter((facts) => facts?.embeds)
  const [first] = known
  const other = known.find((facts) => facts !== first)
  if (!first || !other) return
  throw new InseamError(
    'embeddings-mixed',
    `The alias "${name}" names ${first.id} and ${other.id}, whose vectors cannot be compared with each other.`,
    { fix: 'Give each embedding model an alias of its own; several providers of one model may share one.' },
  )
}

function leadsNowhere(alias: string, provider: string, model: string, own: readonly OwnProvider[]): InseamError {
  const models = own.find(({ name }) => name === provider)?.models.join(', ') || 'none'
  return new InseamError('config-invalid', `The alias "${alias}" names ${provider}/${model}, which there is not.`, {
    fix: `Name a model that the program gives to its provider "${provider}": ${models}.`,
  })
}
