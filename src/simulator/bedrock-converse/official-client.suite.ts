import { once } from 'node:events'
import { type IncomingMessage, request as open } from 'node:http'
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'

interface Outgoing {
  readonly method: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array
}

/** The official client over HTTP/1.1: by itself it speaks HTTP/2 to Bedrock, and asks by itself for a signature. */
export function officialClient(url: string, config: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  const handler = {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(outgoing: Outgoing, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      const { method, hostname, port, path, headers, body } = outgoing
      const request = open({ method, hostname, port, path, headers, signal: abortSignal })
      request.end(body)
      const [response]: IncomingMessage[] = (await once(request, 'response')) as [IncomingMessage]
      return { response: { statusCode: response?.statusCode, headers: response?.headers, body: response } }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: handler as never,
    ...config,
  })
}
