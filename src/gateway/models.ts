import type { ClientDialect } from '../core/dialect.ts'
import type { JsonObject } from '../core/json.ts'
import type { ModelListing } from '../core/pipeline.ts'
import { UnknownModel } from '../errors/index.ts'
import { describeModel } from './describe-model.ts'
import { pageByIds, pageByToken } from './model-pages.ts'

/** Of which list a part is asked for. */
export interface ListModelsOptions {
  readonly dialect: ClientDialect
  /** When this gateway started, in milliseconds since the Unix epoch. */
  readonly since: number
  /** What was asked for, in the dialect's own parameters. */
  readonly query: URLSearchParams
}

/**
 * The list of models as a dialect shows it: whole, or the page that it was asked for. OpenAI's has no pages. Throws `InvalidRequest` for
 * a page that there is not.
 */
export function listModels(models: readonly ModelListing[], { dialect, since, query }: ListModelsOptions): JsonObject {
  if (dialect === 'gemini') {
    const { page, next } = pageByToken(models, query)
    return { models: page.map((model) => describeModel(model, dialect, since)), ...next }
  }
  if (dialect !== 'anthropic-messages') {
    return { object: 'list', data: models.map((model) => describeModel(model, dialect, since)) }
  }
  const { page, hasMore } = pageByIds(models, query)
  const ids = { first_id: page.at(0)?.id ?? null, last_id: page.at(-1)?.id ?? null }
  return { data: page.map((model) => describeModel(model, dialect, since)), has_more: hasMore, ...ids }
}

/** One model as a dialect shows it. Throws `UnknownModel`. */
export function showModel(
  models: readonly ModelListing[],
  id: string,
  dialect: ClientDialect,
  since: number,
): JsonObject {
  const model = models.find((listing) => listing.id === id)
  if (model) return describeModel(model, dialect, since)
  throw new UnknownModel(
    id,
    models.map((listing) => listing.id),
  )
}
