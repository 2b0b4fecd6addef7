import { stat } from 'node:fs/promises'

/** What tells a file from its next version; `absent` where there is none. Take it before the file is read. */
export async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch {
    return 'absent'
  }
}

/**
 * Calls back when a file is another one than `seen` was taken of, and has stayed so for a look (250 ms): half of what an
 * editor writes is not read. Follows links, so a file that is swapped by its link is seen too. Gives what stops it.
 *
 * Node's own `watchFile` takes its first look some time after it was called, and does not see what changed before that.
 */
export function watchFile(path: string, seen: string, changed: () => void): () => void {
  let inForce = seen
  let last = seen
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    const now = await fingerprint(path)
    isLooking = false
    if (now === last && now !== inForce) {
      inForce = now
      changed()
    }
    last = now
  }
  const timer = setInterval(look, everyMs)
  return () => clearInterval(timer)
}

const everyMs = 250
