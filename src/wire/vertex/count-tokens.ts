import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { TargetOperation } from '../codec.ts'
import { countTokens as atGemini } from '../gemini/count-tokens.ts'
import { peekFields } from '../splice.ts'

/** What a count takes here (`@google/genai` 3.1, where it speaks to Vertex AI): the parts of a request, and no whole one. */
const countedFields = ['contents', 'systemInstruction', 'tools', 'generationConfig'] as const

/** `models/{model}:countTokens` of Vertex AI. A whole request that a client of the Gemini API has counted is taken apart. */
export const countTokens: TargetOperation = {
  ...atGemini,
  encodeRequest(request, model, quirks, spoken) {
    const { body, losses } = atGemini.encodeRequest(request, model, quirks, spoken)
    return { body: partsOf(body.generateContentRequest), losses }
  },
  passRequest(said, model, request) {
    const body = atGemini.passRequest(said, model, request)
    const [whole = 'null'] = Object.values(peekFields(body, ['generateContentRequest', 'generate_content_request']))
    return whole === 'null' ? body : JSON.stringify(partsOf(JSON.parse(whole)))
  },
}

function partsOf(whole: unknown): JsonObject {
  const request = isJsonObject(whole) ? whole : {}
  return Object.fromEntries(
    countedFields.flatMap((name) => {
      const said = request[name] ?? request[inSnakeCase(name)]
      return said === undefined ? [] : [[name, said]]
    }),
  )
}

const inSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
