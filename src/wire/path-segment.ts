import { InvalidRequest } from '../errors/index.ts'

/** A model's name as one segment of a path. Throws `InvalidRequest` for one that would lead elsewhere. */
export function pathSegment(model: string): string {
  if (model === '' || model === '.' || model === '..') {
    throw new InvalidRequest('model', `"${model}" cannot stand in a path.`, 'Name the model as the provider lists it.')
  }
  return encodeURIComponent(model.toWellFormed())
}
