import type { Batch } from 'openai/resources/batches'
import type { FileObject } from 'openai/resources/files'
import { asText, isObject, type JsonObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { type Asked, askSelf, formOf, jsonOf, missing, type Told } from './asked.ts'
import type { KeptBatch, KeptFile } from './kept.ts'

/** Files, batches, stored responses and moderations, as OpenAI has them. */
export async function openaiKept(asked: Asked): Promise<Told> {
  const [, room, id = '', ...rest] = asked.path.split('/')
  const action = `${asked.method} ${room}${id === '' ? '' : '/id'}${rest.length > 0 ? `/${rest.join('/')}` : ''}`
  const { kept } = asked
  switch (action) {
    case 'POST files':
      return upload(asked)
    case 'GET files':
      return { json: listOf([...kept.files.values()].map(fileObject)) }
    case 'GET files/id':
    case 'GET files/id/content':
    case 'DELETE files/id': {
      const file = kept.files.get(id)
      if (!file) return missing('File object', id)
      if (action === 'GET files/id') return { json: fileObject(file) }
      if (asked.method === 'GET') return { bytes: file.bytes, type: 'application/octet-stream' }
      kept.files.delete(id)
      return { json: { id, object: 'file', deleted: true } }
    }
    case 'POST batches':
      return createBatch(asked)
    case 'GET batches':
      return { json: listOf([...kept.batches.values()].map(batchObject)) }
    case 'GET batches/id':
    case 'POST batches/id/cancel': {
      const batch = kept.batches.get(id)
      if (!batch) return missing('batch', id)
      if (asked.method === 'POST') batch.isCancelled = true
      else await look(asked, batch)
      return { json: batchObject(batch) }
    }
    case 'POST moderations':
      return { json: moderation(asked) }
    case 'GET responses/id':
    case 'DELETE responses/id':
    case 'POST responses/id/cancel':
    case 'GET responses/id/input_items':
      return response(asked, id, action)
  }
  return undefined
}

async function upload(asked: Asked): Promise<Told> {
  const { file, purpose } = await formOf(asked)
  if (!file) return { problem: invalid("'file' is a required property", 'file') }
  if (purpose === '') return { problem: invalid("'purpose' is a required property", 'purpose') }
  return { json: fileObject(await keep(asked, file.name, Buffer.from(await file.arrayBuffer()), purpose)) }
}

async function keep({ kept, now }: Asked, name: string, bytes: Buffer, purpose: string): Promise<KeptFile> {
  const file: KeptFile = { id: kept.newId('file-'), name, type: '', purpose, createdAtMs: now, bytes }
  kept.files.set(file.id, file)
  return file
}

function createBatch(asked: Asked): Told {
  const { kept, now } = asked
  const body = jsonOf(asked)
  const inputFileId = asText(body.input_file_id)
  const input = kept.files.get(inputFileId)
  if (!input) return missing('File object', inputFileId)
  const requests = input.bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as JsonObject)
  const batch: KeptBatch = {
    id: kept.newId('batch_'),
    createdAtMs: now,
    inputFileId,
    endpoint: asText(body.endpoint),
    requests,
    isCancelled: false,
    looks: 0,
    results: undefined,
  }
  kept.batches.set(batch.id, batch)
  return { json: batchObject(batch) }
}

/** A batch takes its time: it has ended when it is asked after for the second time. */
async function look(asked: Asked, batch: KeptBatch): Promise<void> {
  batch.looks++
  if (batch.looks < 2 || batch.isCancelled || batch.results) return
  batch.results = await Promise.all(
    batch.requests.map(async ({ custom_id, body }, index) => {
      const answered = await askSelf(asked, batch.endpoint, body)
      const told = { status_code: answered.status, request_id: `${batch.id}_${index}`, body: answered.body }
      return { id: `batch_req_${index}`, custom_id: custom_id ?? null, response: told, error: null }
    }),
  )
  const lines = `${batch.results.map((line) => JSON.stringify(line)).join('\n')}\n`
  batch.outputFileId = (await keep(asked, `${batch.id}_output.jsonl`, Buffer.from(lines), 'batch_output')).id
}

function response({ kept, method }: Asked, id: string, action: string): Told {
  const found = kept.responses.get(id)
  if (!found) return { problem: { kind: 'not-found', message: `Response with id '${id}' not found.` } }
  if (action.endsWith('input_items')) return { json: listOf(found.input) }
  if (action.endsWith('cancel'))
    return { problem: invalid('Cannot cancel a synchronous response.', undefined, 'invalid_request_error') }
  if (method === 'GET') return { json: found.body }
  kept.responses.delete(id)
  return { json: { id, object: 'response', deleted: true } }
}

function moderation(asked: Asked): object {
  const { input, model } = jsonOf(asked)
  const inputs = Array.isArray(input) ? input : [input]
  const categories = { harassment: false, hate: false, violence: false, 'self-harm': false, sexual: false }
  const results = inputs.map((text) => {
    const isViolent = /\bkill\b/i.test(isObject(text) ? JSON.stringify(text) : asText(text))
    return {
      flagged: isViolent,
      categories: { ...categories, violence: isViolent },
      category_scores: { violence: isViolent ? 0.9 : 0.01 },
    }
  })
  return { id: asked.kept.newId('modr-'), model: asText(model) || 'omni-moderation-latest', results }
}

function fileObject({ id, name, purpose, createdAtMs, bytes }: KeptFile): FileObject {
  const created_at = Math.floor(createdAtMs / 1000)
  return {
    id,
    object: 'file',
    bytes: bytes.length,
    created_at,
    filename: name,
    purpose: purpose as FileObject['purpose'],
    status: 'processed',
  }
}

function batchObject({
  id,
  createdAtMs,
  inputFileId,
  endpoint,
  requests,
  isCancelled,
  looks,
  results,
  outputFileId,
}: KeptBatch): Batch {
  const completed = results?.length ?? 0
  return {
    id,
    object: 'batch',
    endpoint,
    input_file_id: inputFileId,
    completion_window: '24h',
    status: isCancelled ? 'cancelled' : results ? 'completed' : looks > 0 ? 'in_progress' : 'validating',
    created_at: Math.floor(createdAtMs / 1000),
    request_counts: { total: requests.length, completed, failed: 0 },
    ...(outputFileId !== undefined && { output_file_id: outputFileId }),
  }
}

function listOf(data: readonly object[]): object {
  const idOf = (item: object | undefined) => (item && 'id' in item ? item.id : null)
  return { object: 'list', data, has_more: false, first_id: idOf(data[0]), last_id: idOf(data.at(-1)) }
}
