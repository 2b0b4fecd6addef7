import { openGateway } from '../../src/gateway/index.ts'
import { openSeam } from '../../src/index.ts'
import { configurationFor } from './configuration.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What our gateway does beside what every gateway does. */
export type OurGatewayCommands = {
  /** As every gateway's; `more` goes into its configuration. */
  listen(upstreamPort: number, more?: string): Promise<number>
  cpuUs(): number
}

async function listen(upstreamPort: number, more?: string): Promise<number> {
  const config = configurationFor(upstreamPort, more)
  const seam = await openSeam({ config })
  const gateway = await openGateway({ ...config.gateway, port: 0, pipeline: seam })
  return Number(new URL(gateway.url).port)
}

serve({ listen, cpuUs } satisfies OurGatewayCommands)
