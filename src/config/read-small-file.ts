import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** A file that is there and must not be read. */
export class UnfitFile extends Error {
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.name = 'UnfitFile'
    this.fix = fix
  }
}

/** More than a secret, a certificate or a configuration has. */
const usualMaxBytes = 1024 ** 2

/**
 * The text of a regular file of at most `maxBytes`, 1 MiB by default. Throws `UnfitFile` for a larger one, and for what is no regular file: a device
 * gives bytes without end, and a pipe may never give any. Throws the system's error where it cannot be read.
 */
export function readSmallFile(path: string, maxBytes = usualMaxBytes): string {
  if (!statSync(path).isFile()) {
    throw new UnfitFile(
      `${path} is no regular file.`,
      'Name a file; what comes from a pipe or a device can be passed in a variable.',
    )
  }
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.allocUnsafe(maxBytes + 1)
    let length = 0
    for (let read = 1; read > 0 && length <= maxBytes; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null)
    }
    if (length > maxBytes)
      throw new UnfitFile(
        `The file ${path} is larger than ${maxBytes / usualMaxBytes} MiB.`,
        'Check that it is the right one.',
      )
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}
