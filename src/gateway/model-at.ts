import { versions } from './doors.ts'

/** The model that is asked about, empty where all are; undefined where none is. */
export function modelAt(path: string): string | undefined {
  const below = versions.test(path) ? path.replace(versions, '') : ''
  if (below === '/models') return ''
  return below.startsWith('/models/') ? decoded(below.slice('/models/'.length)) : undefined
}

/** A part of a path as its client meant it; what cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
