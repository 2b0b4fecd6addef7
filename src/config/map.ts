import { z } from 'zod'

/** A map with exactly these keys. The message of its unknown-key issue is the list of the keys that it knows. */
export function map<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
}
