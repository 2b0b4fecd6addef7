import { asText, isObject, type JsonObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { type Asked, askSelf, formOf, jsonOf, missing, type Told } from './asked.ts'
import type { KeptBatch, KeptFile } from './kept.ts'

/** Files and message batches, as Anthropic has them. */
export async function anthropicKept(asked: Asked): Promise<Told> {
  const { kept, method, path } = asked
  const [, room, ...parts] = path.split('/')
  if (room === 'files') return files(asked, parts)
  if (room !== 'messages' || parts[0] !== 'batches') return undefined
  const [, id = '', action = ''] = parts
  if (id === '')
    return method === 'POST'
      ? createBatch(asked)
      : page([...kept.batches.values()].map((one) => batchObject(asked, one)))
  const batch = kept.batches.get(id)
  if (!batch) return missing('message batch', id)
  switch (`${method} ${action}`) {
    case 'GET ':
      await look(asked, batch)
      return { json: batchObject(asked, batch) }
    case 'POST cancel':
      batch.isCancelled = true
      return { json: batchObject(asked, batch) }
    case 'GET results':
      if (!batch.results) return { problem: invalid(`Batch ${id} has no results yet.`) }
      return {
        bytes: Buffer.from(batch.results.map((line) => `${JSON.stringify(line)}\n`).join('')),
        type: 'application/x-jsonl',
      }
    case 'DELETE ':
      kept.batches.delete(id)
      return { json: { id, type: 'message_batch_deleted' } }
  }
  return undefined
}

async function files(asked: Asked, [id = '', action = '']: readonly string[]): Promise<Told> {
  const { kept, method, now } = asked
  if (id === '' && method === 'POST') {
    const { file } = await formOf(asked)
    if (!file) return { problem: invalid('file: Field required') }
    const bytes = Buffer.from(await file.arrayBuffer())
    const one: KeptFile = {
      id: kept.newId('file_'),
      name: file.name,
      type: file.type,
      purpose: '',
      createdAtMs: now,
      bytes,
    }
    kept.files.set(one.id, one)
    return { json: fileObject(one) }
  }
  if (id === '') return page([...kept.files.values()].map(fileObject))
  const file = kept.files.get(id)
  if (!file) return missing('file', id)
  if (method === 'DELETE') {
    kept.files.delete(id)
    return { json: { id, type: 'file_deleted' } }
  }
  if (method !== 'GET') return undefined
  return action === 'content' ? { bytes: file.bytes, type: file.type } : { json: fileObject(file) }
}

function createBatch(asked: Asked): Told {
  const { requests } = jsonOf(asked)
  if (!Array.isArray(requests) || requests.length === 0) return { problem: invalid('requests: Field required') }
  const batch: KeptBatch = {
    id: asked.kept.newId('msgbatch_'),
    createdAtMs: asked.now,
    inputFileId: '',
    endpoint: '/v1/messages',
    requests: requests.filter(isObject),
    isCancelled: false,
    looks: 0,
    results: undefined,
  }
  asked.kept.batches.set(batch.id, batch)
  return { json: batchObject(asked, batch) }
}

/** A batch takes its time: it has ended when it is asked after for the second time. */
async function look(asked: Asked, batch: KeptBatch): Promise<void> {
  batch.looks++
  if (batch.looks < 2 || batch.isCancelled || batch.results) return
  batch.results = await Promise.all(
    batch.requests.map(async ({ custom_id, params }): Promise<JsonObject> => {
      const { status, body } = await askSelf(asked, '/v1/messages', params)
      const result: JsonObject =
        status === 200 ? { type: 'succeeded', message: body } : { type: 'errored', error: body }
      return { custom_id: asText(custom_id), result }
    }),
  )
}

function batchObject({ origin }: Asked, { id, createdAtMs, requests, isCancelled, results }: KeptBatch): object {
  const at = new Date(createdAtMs).toISOString()
  const hasEnded = results !== undefined
  const waiting = hasEnded || isCancelled ? 0 : requests.length
  return {
    id,
    type: 'message_batch',
    processing_status: hasEnded ? 'ended' : isCancelled ? 'canceling' : 'in_progress',
    request_counts: {
      processing: waiting,
      succeeded: results?.length ?? 0,
      errored: 0,
      canceled: isCancelled ? requests.length : 0,
      expired: 0,
    },
    created_at: at,
    expires_at: new Date(createdAtMs + 86_400_000).toISOString(),
    ended_at: hasEnded ? at : null,
    cancel_initiated_at: isCancelled ? at : null,
    archived_at: null,
    results_url: hasEnded ? `${origin}/v1/messages/batches/${id}/results` : null,
  }
}

function fileObject({ id, name, type, createdAtMs, bytes }: KeptFile): object {
  const created_at = new Date(createdAtMs).toISOString()
  return { id, type: 'file', filename: name, mime_type: type, size_bytes: bytes.length, created_at, downloadable: true }
}

const page = (data: readonly object[]): Told => {
  const idOf = (item: object | undefined) => (item && 'id' in item ? item.id : null)
  return { json: { data, has_more: false, first_id: idOf(data[0]), last_id: idOf(data.at(-1)) } }
}
