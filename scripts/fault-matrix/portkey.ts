import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The version that is compared with; installed for the run, never a dependency. */
const portkeyPackage = '@portkey-ai/gateway@1.15.2'

/** Portkey's gateway on a port of this machine alone, gone with the run; `undefined` where the registry does not give it. */
export async function openPortkey(): Promise<(AsyncDisposable & { readonly url: string }) | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'inseam-portkey-'))
  let server: ChildProcess | undefined
  const close = async () => {
    server?.kill()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const words = ['install', portkeyPackage, '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
    await promisify(execFile)('npm', words, { cwd: folder, timeout: 300_000 })
    const port = await freePort()
    const entry = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')
    server = spawn(process.execPath, [entry, '--headless', `--port=${port}`], { cwd: folder, stdio: 'ignore' })
    const url = `http://127.0.0.1:${port}`
    for (let tries = 0; tries < 100; tries++) {
      if (await fetch(url).catch(() => undefined)) return { url, [Symbol.asyncDispose]: close }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } catch {
    // Said in its column.
  }
  await close()
  return undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
