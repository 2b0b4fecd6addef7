import { InvalidRequest } from '../../errors/index.ts'
import type { Address } from '../codec.ts'

/** A place below the model, whose id stands in the path: `/model/{model}/converse`. `place` says whether it is for a stream. */
export function addressOf(place: (stream: boolean) => string): Address {
  return {
    write: (model, stream) => {
      if (model === '' || model === '.' || model === '..') {
        throw new InvalidRequest('model', `"${model}" cannot stand in a path.`, 'Name the model as Bedrock lists it.')
      }
      return `/model/${encodePart(model)}/${place(stream)}`
    },
    read: (path) => {
      const [, named = '', at] = /^\/model\/([^/]+)\/([\w-]+)$/.exec(path) ?? []
      const stream = [false, true].find((streams) => place(streams) === at)
      return stream === undefined ? undefined : { model: decoded(named), stream }
    },
  }
}

/** Everything but unreserved characters is encoded, once: it is what a signature covers, `:` and the `/` of an ARN included. */
function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** What cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
