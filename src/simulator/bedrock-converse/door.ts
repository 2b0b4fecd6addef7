import type { IncomingHttpHeaders } from 'node:http'
import { bearerOf, type CloudDoor, segment } from '../clouds/cloud-door.ts'
import { bedrockEmbeddings } from '../embeddings/bedrock-embeddings.ts'
import { asObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { bedrockConverse } from './bedrock-converse.ts'

const place = /^\/model\/([^/]+)\/(converse|converse-stream|count-tokens|invoke)$/
const fields: ReadonlySet<string> = new Set([
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'guardrailConfig',
  'additionalModelRequestFields',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
])

/** Where Bedrock is asked: the model stands in the path, percent-encoded; nothing for any other path. */
export function bedrockDoor(path: string): CloudDoor | undefined {
  const [, named, operation] = place.exec(path) ?? []
  if (named === undefined) return undefined
  return {
    path,
    dialect: operation === 'invoke' ? bedrockEmbeddings : bedrockConverse,
    counts: operation === 'count-tokens',
    keyOf: (headers) => bearerOf(headers) || signerOf(headers),
    enter(sent) {
      if (operation === 'invoke') return { body: { ...sent, model: segment(named) } }
      const body = operation === 'count-tokens' ? asObject(asObject(sent.input).converse) : sent
      const stranger = Object.keys(body).find((field) => !fields.has(field))
      if (stranger !== undefined) return { problem: invalid(`The request has an unexpected field: ${stranger}.`) }
      return { body: { ...body, model: segment(named), stream: operation === 'converse-stream' } }
    },
  }
}

/** The id of the access key that signed, where the signature has the shape of one; it is not checked. */
function signerOf({ authorization = '', 'x-amz-date': date }: IncomingHttpHeaders): string {
  const shape =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/[a-z0-9-]+\/bedrock\/aws4_request, ?SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$/
  return date === undefined ? '' : (shape.exec(authorization)?.[1] ?? '')
}
