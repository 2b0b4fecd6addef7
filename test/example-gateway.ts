import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '../src/simulator/index.ts'
import { startInseam } from './process.ts'

const features = fileURLToPath(new URL('../examples/features', import.meta.url))

/** A gateway from source, as a process, whose configuration names the features of the examples. */
export async function startExampleGateway(): Promise<AsyncDisposable & { readonly url: string }> {
  const cwd = mkdtempSync(join(tmpdir(), 'inseam-features-'))
  const simulator = await startSimulator()
  writeFileSync(
    join(cwd, 'inseam.yaml'),
    `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: any } }
models: { fast: { targets: [lab/sim-small] } }
features: ${features}
`,
  )
  const gateway = startInseam(['up', '--port', '0', '--no-page', '--json'], { cwd })
  const { url } = JSON.parse(await gateway.line(/^\{/))
  return {
    url,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await simulator.close()
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}
