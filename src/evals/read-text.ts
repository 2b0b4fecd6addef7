import { createReadStream } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { grouped } from '../core/figures.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** The path of a file of cases: a URL, or a path that is relative to the working directory. */
export function pathOf(file: string | URL): string {
  return file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file
}

/** The path as people read it: relative to the working directory where it is inside. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' || near.startsWith('..') ? path : near
}

/** The text of a file as it is read, without a byte order mark. Throws `suite-invalid` where it cannot be read or is not UTF-8. */
export async function* readText(path: string): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let at = 0
  try {
    for await (const bytes of createReadStream(path) as AsyncIterable<Uint8Array>) {
      yield decoder.decode(bytes, { stream: true })
      at += bytes.length
    }
    yield decoder.decode()
  } catch (cause) {
    if (isNotUtf8(cause))
      throw suiteInvalid(
        `${shownPath(path)} is not UTF-8, at byte ${grouped(at)} or within 64 KiB after it.`,
        'Save the file as UTF-8.',
        cause,
      )
    if (isSystemError(cause))
      throw suiteInvalid(
        `${shownPath(path)} ${cause.code === 'ENOENT' ? 'is not there' : `cannot be read: ${cause.message}`}.`,
        'Correct the path. A path is relative to the working directory; new URL("cases.jsonl", import.meta.url) to the suite.',
        cause,
      )
    throw cause
  }
}

const isNotUtf8 = (cause: unknown) =>
  cause instanceof TypeError && 'code' in cause && cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'

const isSystemError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && 'syscall' in cause && 'code' in cause
