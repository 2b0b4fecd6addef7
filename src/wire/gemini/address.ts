import { InvalidRequest } from '../../errors/index.ts'
import type { Address } from '../codec.ts'

/** The model and the stream stand in the path: `/models/{model}:generateContent`, `/models/{model}:streamGenerateContent`. */
export const address: Address = {
  write: (model, stream) => `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  read(path) {
    const found = door.exec(path)
    return found ? { model: decoded(found[1] ?? ''), stream: found[2] === 'streamGenerateContent' } : undefined
  },
}

const door = /^\/models\/(.+):(generateContent|streamGenerateContent)$/

/** Where a model is asked by another method: `/models/{model}:embedContent`. */
export function addressOf(method: string): Address {
  const suffix = `:${method}`
  return {
    write: (model) => modelPath(model) + suffix,
    read(path) {
      const model = path.slice(modelsPath.length, -suffix.length)
      const isThere = path.startsWith(modelsPath) && path.endsWith(suffix) && model !== ''
      return isThere ? { model: decoded(model), stream: false } : undefined
    },
  }
}

const modelsPath = '/models/'

/** The model as the API names it. */
export function resourceName(model: string): string {
  return /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`
}

function modelPath(model: string): string {
  if (model.split('/').some((step) => step === '' || step === '.' || step === '..')) {
    throw new InvalidRequest('model', `"${model}" cannot stand in a path.`, 'Name the model as the provider lists it.')
  }
  return `/${encodeURI(resourceName(model).toWellFormed()).replace(/[?#]/g, encodeURIComponent)}`
}

/** What cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
