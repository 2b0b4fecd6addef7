import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { grouped } from '../core/figures.ts'
import type { FoundDocument } from './find-documents.ts'
import { unreadable } from './index-problem.ts'

/**
 * The text of a document, with nothing taken away: a byte order mark is its first character. Throws `documents-unreadable` for a
 * file above the limit, before it is read, and for text that is not Unicode, with the place.
 */
export function readDocument(document: FoundDocument, maxFileBytes: number): string {
  return document.type === 'file' ? readFile(document.path, maxFileBytes) : whole(document.id, document.text)
}

function readFile(path: string, maxFileBytes: number): string {
  const bytes = readBytes(path, maxFileBytes)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const at = firstInvalidByte(bytes)
  throw unreadable(
    `${path} is not UTF-8: byte ${grouped(at)} (0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}) begins no character.`,
    'Save it as UTF-8, or leave it out of the set of documents.',
  )
}

function readBytes(path: string, maxFileBytes: number): Buffer {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const { size } = fstatSync(file)
    if (size > maxFileBytes) throw tooLarge(path, size, maxFileBytes)
    const bytes = Buffer.allocUnsafe(size)
    let length = 0
    for (let read = 1; length < size && read > 0; length += read)
      read = readSync(file, bytes, length, size - length, null)
    return bytes.subarray(0, length)
  } catch (cause) {
    if (cause instanceof Error && 'fix' in cause) throw cause
    throw unreadable(`${path} cannot be read: ${String(cause)}`, 'Make it readable for this user.', cause)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function tooLarge(path: string, size: number, limit: number) {
  return unreadable(
    `${path} has ${grouped(size)} bytes, and a document may have ${grouped(limit)}.`,
    'Split it, leave it out, or raise `maxFileBytes` of the set of documents.',
  )
}

/** Where the decoder first had to put U+FFFD in place of bytes that are not those of U+FFFD. */
function firstInvalidByte(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let at = 0
  for (let from = 0; ; ) {
    const next = text.indexOf('\ufffd', from)
    if (next < 0) return at
    at += Buffer.byteLength(text.slice(from, next))
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at
    at += 3
    from = next + 1
  }
}

function whole(id: string, text: string): string {
  if (text.isWellFormed()) return text
  throw unreadable(
    `The document "${id}" is not Unicode: it holds half of a surrogate pair.`,
    'Correct how the text is cut or decoded, or repair it with `text.toWellFormed()`.',
  )
}
