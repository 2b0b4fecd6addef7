import type { ModelListing } from '../core/pipeline.ts'
import { InvalidRequest } from '../errors/index.ts'

/** As many as the providers give at once. */
const largestPage = 1000

/** A page as Anthropic's clients ask for it: `limit` models after or before one of them. Throws `InvalidRequest`. */
export function pageByIds(
  models: readonly ModelListing[],
  query: URLSearchParams,
): { readonly page: readonly ModelListing[]; readonly hasMore: boolean } {
  const size = sizeIn(query, 'limit')
  const stages = query.getAll('lifecycle[]')
  // None is deprecated or retired here: an operator takes it out.
  const all = stages.length > 0 && !stages.includes('active') ? [] : models
  const before = query.get('before_id')
  if (before !== null) {
    const end = placeOf(all, before, 'before_id')
    return { page: all.slice(Math.max(0, end - size), end), hasMore: end > size }
  }
  const after = query.get('after_id')
  const start = after === null ? 0 : placeOf(all, after, 'after_id') + 1
  return { page: all.slice(start, start + size), hasMore: start + size < all.length }
}

/** A page as Google's clients ask for it: `pageSize` models from where the last page ended. Throws `InvalidRequest`. */
export function pageByToken(
  models: readonly ModelListing[],
  query: URLSearchParams,
): { readonly page: readonly ModelListing[]; readonly next?: { readonly nextPageToken: string } } {
  const size = sizeIn(query, 'pageSize')
  const token = query.get('pageToken')
  const last = token ? Buffer.from(token, 'base64url').toString() : ''
  const start = last === '' ? 0 : placeOf(models, last, 'pageToken') + 1
  const page = models.slice(start, start + size)
  const { id } = page.at(-1) ?? {}
  if (id === undefined || start + size >= models.length) return { page }
  return { page, next: { nextPageToken: Buffer.from(id).toString('base64url') } }
}

function sizeIn(query: URLSearchParams, name: string): number {
  const said = query.get(name)
  if (said === null || said === '') return largestPage
  const size = Number(said)
  if (Number.isInteger(size) && size >= 1) return Math.min(size, largestPage)
  throw new InvalidRequest(name, `expected a whole number of 1 or more, found "${said.slice(0, 40)}".`)
}

function placeOf(models: readonly ModelListing[], id: string, name: string): number {
  const place = models.findIndex((model) => model.id === id)
  if (place >= 0) return place
  throw new InvalidRequest(name, `no model is called "${id.slice(0, 256)}".`, 'Take it from the page before.')
}
