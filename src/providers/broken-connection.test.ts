import { expect, it } from 'vitest'
import { brokenConnection } from './broken-connection.ts'

const broken = (code: string, hasAnswered = false) =>
  brokenConnection(Object.assign(new Error(`it said ${code}`), { code }), 'lab/model', hasAnswered)

it.each([
  ['ECONNREFUSED', 'connection-failed', 'retry-then-fall-back'],
  ['ENOTFOUND', 'connection-failed', 'retry-then-fall-back'],
  ['EAI_AGAIN', 'connection-failed', 'retry-then-fall-back'],
  ['ECONNRESET', 'connection-failed', 'retry-then-fall-back'],
  ['EPIPE', 'connection-failed', 'retry-then-fall-back'],
  ['ETIMEDOUT', 'connection-failed', 'retry-then-fall-back'],
  ['EMFILE', 'connection-failed', 'retry-then-fall-back'],
  ['UND_ERR_SOCKET', 'connection-failed', 'retry-then-fall-back'],
  ['CERT_HAS_EXPIRED', 'certificate-rejected', 'fall-back'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-rejected', 'fall-back'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-rejected', 'fall-back'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-rejected', 'fall-back'],
  ['UND_ERR_HEADERS_OVERFLOW', 'reply-too-large', 'fall-back'],
  ['HPE_INVALID_CHUNK_SIZE', 'reply-unreadable', 'retry-then-fall-back'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reply-unreadable', 'retry-then-fall-back'],
])('takes %s before an answer for %s: %s', (system, code, advice) => {
  expect(broken(system)).toMatchObject({ code, advice, message: expect.stringContaining('lab/model') })
})

it('takes whatever breaks within an answer for an interrupted one', () => {
  for (const code of ['ECONNRESET', 'HPE_INVALID_CHUNK_SIZE', 'CERT_HAS_EXPIRED'])
    expect(broken(code, true).code).toBe('stream-interrupted')
})

it('does not blame the provider where this process has no descriptors left', () => {
  expect(broken('EMFILE').fix).toContain('ulimit -n')
  expect(broken('ECONNREFUSED').fix).not.toContain('ulimit')
})
