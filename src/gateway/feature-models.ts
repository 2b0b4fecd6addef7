import type { ModelCapabilities } from '../core/capabilities.ts'
import type { ModelListing } from '../core/pipeline.ts'
import { InseamError } from '../errors/index.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import { featureNameIn, modelNameOf } from '../patterns/feature-model.ts'

/** The features that callers may name as models. */
export interface FeatureModels {
  /** The feature that a model name stands for; undefined where it stands for none. Throws `unknown-model` where there is no such feature. */
  find(model: string, opens: (model: string) => boolean): AnyFeature | undefined
  /** As models are listed; `models` says where each one's own model leads. */
  list(models: readonly ModelListing[]): ModelListing[]
}

/** Knows the features by name. Throws `config-invalid` where two have the same. */
export function featureModels(features: readonly AnyFeature[]): FeatureModels {
  const known = new Map(features.map((feature) => [feature.name, feature]))
  if (known.size < features.length) {
    throw new InseamError('config-invalid', 'Two features of the gateway have the same name.', {
      fix: 'Give each feature its own name.',
    })
  }
  return {
    find(model, opens) {
      const name = featureNameIn(model)
      if (name === undefined) return undefined
      const feature = known.get(name)
      if (feature) return feature
      throw unknownFeature(name, features.map(modelNameOf).filter(opens))
    },
    list: (models) =>
      features.map((feature) => {
        const own = models.find(({ id }) => id === feature.model)
        const { contextTokens, maxOutputTokens } = own?.capabilities ?? {}
        return {
          id: modelNameOf(feature),
          ownedBy: 'inseam',
          targets: own?.targets ?? [feature.model],
          capabilities: { ...textAlone, contextTokens, maxOutputTokens },
          prices: own?.prices ?? [],
        }
      }),
  }
}

/** A feature takes text, and decides the rest itself. */
const textAlone: ModelCapabilities = {
  imageInput: false,
  pdfInput: false,
  audioInput: false,
  tools: false,
  parallelTools: false,
  sampling: false,
  embeds: false,
}

function unknownFeature(name: string, known: readonly string[]): InseamError {
  const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? `, and ${known.length - 20} more` : '')
  return new InseamError('unknown-model', `There is no feature "${name}" here.`, {
    fix:
      known.length > 0
        ? `Use one of: ${shown}.`
        : 'No features are served: name their files under `features:` in the configuration, and start the gateway again.',
  })
}
