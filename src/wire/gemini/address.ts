import { InvalidRequest } from '../../errors/index.ts'
import type { Address } from '../codec.ts'

/** The model and the stream stand in the path: `/models/{model}:generateContent`, `/models/{model}:streamGenerateContent`. */
export const address: Address = { write, read }

function write(model: string, stream: boolean): string {
  if (model.split('/').some((step) => step === '' || step === '.' || step === '..')) {
    throw new InvalidRequest('model', `"${model}" cannot stand in a path.`, 'Name the model as the provider lists it.')
  }
  const place = /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`
  const written = encodeURI(place.toWellFormed()).replace(/[?#]/g, encodeURIComponent)
  return `/${written}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
}

const door = /^\/models\/(.+):(generateContent|streamGenerateContent)$/

function read(path: string): { readonly model: string; readonly stream: boolean } | undefined {
  const found = door.exec(path)
  return found ? { model: decoded(found[1] ?? ''), stream: found[2] === 'streamGenerateContent' } : undefined
}

/** What cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
