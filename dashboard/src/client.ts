import type { ApiError } from '../../src/admin/api.ts'

/** Why the admin listener gave no answer: its own words, or that it cannot be reached. */
export class ApiFailure extends Error {
  readonly code: string
  readonly fix: string
  readonly status: number

  constructor(error: ApiError['error'], status: number) {
    super(error.message)
    this.name = 'ApiFailure'
    this.code = error.code
    this.fix = error.fix
    this.status = status
  }
}

/** One server-sent event. */
export interface ServerEvent {
  readonly type: string
  readonly data: string
}

/** Asks the admin listener, with the token. All throw {@link ApiFailure}, and an `AbortError` where the signal says so. */
export interface Client {
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  patch<Answer>(path: string, body: unknown): Promise<Answer>
  remove<Answer>(path: string): Promise<Answer>
  /** Server-sent events until the connection ends. `opened` is called once they are sure to come. */
  events(path: string, signal: AbortSignal, opened: () => void): AsyncGenerator<ServerEvent, void, void>
}

/** A client for one token. `onRefused` hears of the answer that the token is not, or no longer, good. */
export function createClient(token: string, onRefused: (failure: ApiFailure) => void): Client {
  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${token}` }
    const response = await fetch(path, { ...init, headers, cache: 'no-store' }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error
      throw unreachable()
    })
    if (response.ok) return response
    const failure = await readFailure(response)
    if (response.status === 401) onRefused(failure)
    throw failure
  }
  const write = async (method: string, path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    return (await send(path, { method, headers, body: JSON.stringify(body) })).json()
  }
  return {
    get: async (path, signal) => (await send(path, { signal: signal ?? null })).json(),
    post: (path, body) => write('POST', path, body),
    patch: (path, body) => write('PATCH', path, body),
    remove: async (path) => (await send(path, { method: 'DELETE' })).json(),
    async *events(path, signal, opened) {
      const { body } = await send(path, { signal, headers: { accept: 'text/event-stream' } })
      if (!body) throw unreachable()
      opened()
      yield* parseEvents(body.pipeThrough(new TextDecoderStream()))
    },
  }
}

/** Reads server-sent events: what stands between empty lines. Comments and fields that nobody needs are passed over. */
async function* parseEvents(chunks: ReadableStream<string>): AsyncGenerator<ServerEvent, void, void> {
  const reader = chunks.getReader()
  try {
    let rest = ''
    let type = 'message'
    let data: string[] = []
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      for (const ended of lines) {
        const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended
        if (line === '') {
          if (data.length > 0) yield { type, data: data.join('\n') }
          type = 'message'
          data = []
        } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
        else if (line.startsWith('event:')) type = line.slice(6).trim()
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function readFailure(response: Response): Promise<ApiFailure> {
  const said: Partial<ApiError> | undefined = await response.json().catch(() => undefined)
  const { code = 'unreadable', message, fix } = said?.error ?? {}
  return new ApiFailure(
    {
      code,
      message: message ?? `The gateway answered with status ${response.status} and no reason.`,
      fix: fix ?? 'Look at what the gateway printed where it was started.',
    },
    response.status,
  )
}

function unreachable(): ApiFailure {
  return new ApiFailure(
    {
      code: 'unreachable',
      message: `Nothing answers at ${location.host}.`,
      fix: 'Start the gateway again (npm start, or inseam up) and open the link that it prints.',
    },
    0,
  )
}
