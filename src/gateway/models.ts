import type { ClientDialect } from '../core/dialect.ts'
import type { JsonObject } from '../core/json.ts'
import type { ModelListing } from '../core/pipeline.ts'
import { UnknownModel } from '../errors/index.ts'

/** The list of models as a dialect shows it. `since`: when this gateway started, in milliseconds since the Unix epoch. */
export function listModels(models: readonly ModelListing[], dialect: ClientDialect, since: number): JsonObject {
  const data = models.map((model) => show(model, dialect, since))
  if (dialect === 'gemini') return { models: data }
  if (dialect !== 'anthropic-messages') return { object: 'list', data }
  return { data, has_more: false, first_id: models.at(0)?.id ?? null, last_id: models.at(-1)?.id ?? null }
}

/** One model as a dialect shows it. Throws `UnknownModel`. */
export function showModel(
  models: readonly ModelListing[],
  id: string,
  dialect: ClientDialect,
  since: number,
): JsonObject {
  const model = models.find((listing) => listing.id === id)
  if (!model)
    throw new UnknownModel(
      id,
      models.map((listing) => listing.id),
    )
  return show(model, dialect, since)
}

function show({ id, ownedBy, targets }: ModelListing, dialect: ClientDialect, since: number): JsonObject {
  if (dialect === 'gemini') return { name: `models/${id}`, displayName: id, supportedGenerationMethods, targets }
  if (dialect !== 'anthropic-messages')
    return { id, object: 'model', created: Math.floor(since / 1000), owned_by: ownedBy, targets }
  return { type: 'model', id, display_name: id, created_at: new Date(since).toISOString(), targets }
}

/** What can be asked of a model, in Google's words. */
const supportedGenerationMethods = ['generateContent', 'streamGenerateContent'] as const
