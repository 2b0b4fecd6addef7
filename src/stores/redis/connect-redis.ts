/** What a command is made of. */
export type RedisArgument = string | Buffer

/** The part of node-redis's client that is used here. */
export interface RedisClient {
  readonly isReady: boolean
  /** Resolves with the first connection. Rejects where it is closed before. */
  readonly connected: Promise<void>
  sendCommand(command: readonly RedisArgument[], options?: object): Promise<unknown>
  /** Ends it once all answers are there. */
  close(): Promise<void>
  /** Ends it now; what waits for an answer fails. */
  destroy(): void
}

/** The part of node-redis that is used here. */
export type CreateClient = (options: {
  readonly url: string
  readonly RESP: 2
  readonly disableOfflineQueue: true
  readonly commandsQueueMaxLength: number
  readonly disableClientInfo: true
  readonly maintNotifications: 'disabled'
  readonly commandOptions: { readonly timeout: undefined }
  readonly socket: {
    readonly connectTimeout: number
    readonly reconnectStrategy: (retries: number) => number
  }
}) => NodeClient

interface NodeClient {
  readonly isReady: boolean
  connect(): Promise<unknown>
  sendCommand(command: RedisArgument[], options?: object): Promise<unknown>
  on(event: 'error', hear: (error: unknown) => void): unknown
  close(): Promise<void>
  destroy(): void
  unref(): void
}

/** More commands than this do not wait for their answers: the next ones fail. */
const mostWaiting = 20_000

/**
 * A client that connects in the background and again whenever it must, after 50 ms to 2 s. Nothing is queued while it is not connected,
 * and it does not keep the process alive by itself.
 */
export function connectRedis(create: CreateClient, url: string, onError: (error: unknown) => void): RedisClient {
  const client = create({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: mostWaiting,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Its own timeouts cost a signal a command, and end with the write.
    commandOptions: { timeout: undefined },
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 6), 2_000) * (0.5 + Math.random() / 2),
    },
  })
  client.on('error', onError)
  client.unref()
  return {
    get isReady() {
      return client.isReady
    },
    connected: client.connect().then(() => undefined),
    sendCommand: (command, options) => client.sendCommand(command as RedisArgument[], options),
    close: () => client.close(),
    destroy: () => client.destroy(),
  }
}
