import type { UpstreamCommands } from '../children/upstream.ts'
import { type Child, startChild } from './child.ts'

/** A mock upstream that listens. */
export interface Upstream {
  readonly child: Child<UpstreamCommands>
  readonly port: number
}

/** Starts the mock upstream, which ends with `stack`. */
export async function openUpstream(stack: AsyncDisposableStack): Promise<Upstream> {
  const child = stack.use(startChild<UpstreamCommands>('upstream.ts'))
  return { child, port: await child.ask('listen') }
}
