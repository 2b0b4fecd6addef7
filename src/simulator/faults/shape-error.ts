/** A body in the shape that the fault names, and its media type. A shape that nobody knows leaves the envelope as it is. */
export function shapeError(envelope: object, message: string, shape: string): { body: string; type: string } {
  switch (shape) {
    case 'lower-case':
      return json(inLowerCase(envelope))
    case 'array':
      return json([envelope])
    case 'error-text':
      return json({ error: message })
    case 'json-text':
      return json(message)
    case 'text':
      return { body: message, type: 'text/plain; charset=utf-8' }
    case 'html':
      return { body: webPage(message), type: 'text/html; charset=utf-8' }
    case 'empty-object':
      return json({})
    case 'nothing':
      return { body: '', type: 'application/json' }
    default:
      return json(envelope)
  }
}

function json(value: unknown): { body: string; type: string } {
  return { body: JSON.stringify(value), type: 'application/json' }
}

/** The same with its names, and the words that are codes, in lower case. */
function inLowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCase)
  if (typeof value === 'string') return /^\w+$/.test(value) ? value.toLowerCase() : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, said]) => [key.toLowerCase(), inLowerCase(said)]))
}

/** What a proxy in between says. */
export function webPage(title: string): string {
  return `<!doctype html>
<html><head><title>${title}</title></head><body><h1>${title}</h1><hr>proxy</body></html>
`
}
