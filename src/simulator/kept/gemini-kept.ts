import { asText, isObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { type Asked, jsonOf, missing, type Told } from './asked.ts'
import type { KeptFile } from './kept.ts'

/** Files, sent in the way that can be resumed, and cached contents, as Google has them. */
export function geminiKept(asked: Asked): Told {
  const { kept, method, path } = asked
  if (path === '/upload/files') return upload(asked)
  const [, room, id = ''] = path.split('/')
  if (room === 'files') {
    if (id === '') return { json: { files: [...kept.files.values()].map((file) => fileObject(asked, file)) } }
    const file = kept.files.get(id.replace(/:download$/, ''))
    if (!file) return missing('file', id)
    if (method === 'DELETE') {
      kept.files.delete(id)
      return { json: {} }
    }
    return id.endsWith(':download') ? { bytes: file.bytes, type: file.type } : { json: fileObject(asked, file) }
  }
  return room === 'cachedContents' ? caches(asked, id) : undefined
}

/** First the address to send to is asked for, then the bytes come, the last of them with `finalize`. */
function upload(asked: Asked): Told {
  const { kept, query, headers, origin } = asked
  const command = String(headers['x-goog-upload-command'] ?? '')
  if (command === 'start') {
    const file = jsonOf(asked).file
    const id = kept.newId('upload-')
    const name = isObject(file) ? asText(file.displayName) : ''
    kept.uploads.set(id, { name, type: String(headers['x-goog-upload-header-content-type'] ?? ''), parts: [] })
    const address = `${origin}/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`
    return { json: {}, headers: { 'x-goog-upload-url': address, 'x-goog-upload-status': 'active' } }
  }
  const id = query.get('upload_id') ?? ''
  const begun = kept.uploads.get(id)
  if (!begun) return { problem: invalid('The upload was not begun here.') }
  begun.parts.push(asked.body)
  if (!command.includes('finalize')) return { json: {}, headers: { 'x-goog-upload-status': 'active' } }
  kept.uploads.delete(id)
  const bytes = Buffer.concat(begun.parts)
  const file: KeptFile = {
    id: kept.newId('file'),
    name: begun.name,
    type: begun.type,
    purpose: '',
    createdAtMs: asked.now,
    bytes,
  }
  kept.files.set(file.id, file)
  return { json: { file: fileObject(asked, file) }, headers: { 'x-goog-upload-status': 'final' } }
}

function caches(asked: Asked, id: string): Told {
  const { kept, method, now } = asked
  if (id === '' && method === 'POST') {
    const name = `cachedContents/${kept.newId('cache')}`
    const at = new Date(now).toISOString()
    const cache = {
      name,
      model: asText(jsonOf(asked).model),
      createTime: at,
      updateTime: at,
      usageMetadata: { totalTokenCount: 1 },
    }
    kept.caches.set(name, cache)
    return { json: cache }
  }
  if (id === '') return { json: { cachedContents: [...kept.caches.values()] } }
  const cache = kept.caches.get(`cachedContents/${id}`)
  if (!cache) return missing('cached content', id)
  if (method === 'DELETE') kept.caches.delete(`cachedContents/${id}`)
  return { json: method === 'DELETE' ? {} : cache }
}

function fileObject({ origin }: Asked, { id, name, type, createdAtMs, bytes }: KeptFile): object {
  const at = new Date(createdAtMs).toISOString()
  return {
    name: `files/${id}`,
    displayName: name,
    mimeType: type,
    sizeBytes: String(bytes.length),
    createTime: at,
    updateTime: at,
    uri: `${origin}/v1beta/files/${id}`,
    state: 'ACTIVE',
  }
}
