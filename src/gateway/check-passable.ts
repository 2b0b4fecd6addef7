import type { IncomingMessage } from 'node:http'
import { InseamError, InvalidRequest } from '../errors/index.ts'
import { MethodNotAllowed } from '../errors/method-not-allowed.ts'
import { hasBody } from './passed-headers.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Throws for what cannot be passed through whole: tunnels, other protocols, and bodies that two readers could end at two places. */
export function checkPassable(request: IncomingMessage): void {
  const { method = '', url = '/', headers } = request
  if (headers.upgrade !== undefined && /websocket/i.test(headers.upgrade)) {
    throw new InseamError('upgrade-refused', 'The gateway passes no WebSockets through.', {
      fix: 'Use the API over HTTP, or open the connection to the provider itself.',
    })
  }
  if (!methods.includes(method)) throw new MethodNotAllowed(method, url.replace(/\?.*$/s, ''), methods)
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || headers['content-length'] !== undefined)) {
    throw new InvalidRequest(
      'transfer-encoding',
      'the body is framed in a way that is not passed through.',
      'Send it chunked, or with its length.',
    )
  }
  if ((method === 'GET' || method === 'HEAD') && hasBody(request)) {
    throw new InvalidRequest('', `A ${method} has no body here.`, 'Leave the body out.')
  }
}
