import type { Ask } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import { googleErrorBody } from '../clouds/vertex-words.ts'
import type { Dialect, ReplyMaterial } from '../dialect.ts'
import { gemini } from '../gemini/gemini.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { invalid, type Problem } from '../problem.ts'
import { askForVectors, modelOf, vectorsOf } from './asked-embeddings.ts'
import { embeddingModel } from './embedding-models.ts'
import { taskTypes } from './gemini-embeddings.ts'

const maxTokensTogether = 20_000

/** Vertex AI's `:predict` of its text embedding models. */
export const vertexEmbeddings: Dialect = {
  ...gemini,
  givesVectors: { tellsUsage: () => true },
  check: checkPrediction,
  read: readPrediction,
  reply: predictions,
  errorBody: googleErrorBody,
}

function checkPrediction(body: JsonObject, model: string): Problem | undefined {
  if (embeddingModel(model) === undefined) {
    return { kind: 'not-found', message: `Publisher Model \`publishers/google/models/${model}\` not found.` }
  }
  const instances = asList(body.instances)
  const parameters = asObject(body.parameters)
  const most = model === 'gemini-embedding-001' ? 1 : 250
  if (instances.length === 0) return invalid('Invalid instances: instances is empty.')
  if (instances.length > most) {
    return invalid(`${most} instance(s) is allowed per prediction. Actual: ${instances.length}`)
  }
  return (
    unknownName(body, ['model', 'instances', 'parameters'], '') ??
    unknownName(parameters, ['outputDimensionality', 'autoTruncate'], 'parameters') ??
    firstOf(instances.map((instance, index) => checkInstance(instance, `instances[${index}]`))) ??
    checkParameters(parameters, model) ??
    checkLengths(instances.map(contentOf), parameters, model)
  )
}

function checkInstance(instance: unknown, at: string): Problem | undefined {
  if (!isObject(instance)) return invalid(`Invalid value at '${at}'`)
  const { content, task_type: taskType } = instance
  const stranger = unknownName(instance, ['content', 'task_type', 'title'], at)
  if (stranger) return stranger
  if (typeof content !== 'string' || content === '') return invalid('The text content is empty.')
  if (taskType === undefined || taskTypes.has(taskType)) return undefined
  return invalid(`Invalid task_type: ${String(taskType)}.`)
}

function checkParameters({ outputDimensionality: asked, autoTruncate }: JsonObject, model: string) {
  const { dimensions } = modelOf(model)
  if (autoTruncate !== undefined && typeof autoTruncate !== 'boolean') return invalid('Invalid autoTruncate.')
  if (asked === undefined) return undefined
  if (Number.isInteger(asked) && Number(asked) >= 1 && Number(asked) <= dimensions) return undefined
  return invalid(`outputDimensionality must be between 1 and ${dimensions}. Actual: ${String(asked)}`)
}

function checkLengths(texts: readonly string[], { autoTruncate }: JsonObject, model: string): Problem | undefined {
  const { maxTokens } = modelOf(model)
  const counts = texts.map(countTokens)
  const tooLong = autoTruncate === false ? counts.find((count) => count > maxTokens) : undefined
  if (tooLong !== undefined) return tooMany(tooLong, maxTokens)
  const together = counts.reduce((sum, count) => sum + count, 0)
  return together > maxTokensTogether ? tooMany(together, maxTokensTogether) : undefined
}

const tooMany = (found: number, most: number): Problem =>
  invalid(
    `Unable to submit request because the input token count is ${found} but the model supports up to ${most}. Reduce the input token count and try again.`,
  )

const firstOf = (problems: readonly (Problem | undefined)[]) => problems.find((problem) => problem !== undefined)

function unknownName(object: JsonObject, names: readonly string[], at: string): Problem | undefined {
  const stranger = Object.keys(object).find((name) => !names.includes(name))
  if (stranger === undefined) return undefined
  const place = at === '' ? '' : ` at '${at}'`
  return invalid(`Invalid JSON payload received. Unknown name "${stranger}"${place}: Cannot find field.`)
}

const contentOf = (instance: unknown): string => asText(asObject(instance).content)

function readPrediction({ instances, parameters }: JsonObject): Ask {
  const { outputDimensionality: asked } = asObject(parameters)
  return askForVectors(asList(instances).map(contentOf), typeof asked === 'number' ? asked : undefined)
}

function predictions({ ask, model, omitUsage }: ReplyMaterial): object {
  const texts = ask.vectors?.texts ?? []
  const vectors = vectorsOf(ask, model)
  const statisticsOf = (text: string) => {
    const count = countTokens(text)
    return { truncated: count > modelOf(model).maxTokens, ...(!omitUsage && { token_count: count }) }
  }
  return {
    predictions: texts.map((text, index) => ({
      embeddings: { values: vectors[index] ?? [], statistics: statisticsOf(text) },
    })),
    metadata: { billableCharacterCount: texts.join('').replace(/\s/g, '').length },
  }
}
