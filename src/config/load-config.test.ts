import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from './load-config.ts'

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'inseam-config-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('reads a file, and the secrets beside it', async () => {
  await using dir = await folder()
  await writeFile(join(dir.path, 'secret'), 'from a file\n')
  await writeFile(join(dir.path, 'my.yaml'), 'providers: { openai: { key: "$' + '{file:secret}" } }\n')
  const config = await loadConfig({ path: join(dir.path, 'my.yaml'), env: {} })
  expect(config.source).toBe(join(dir.path, 'my.yaml'))
  expect(config.providers[0]?.key).toBe('from a file')
  expect(config.events.path).toBe(join(dir.path, '.inseam', 'events.db'))
})

test('reads a text instead of a file', async () => {
  const config = await loadConfig({ text: 'gateway: { port: 1 }', env: {} })
  expect(config.gateway.port).toBe(1)
  expect(config.source).toBe('inseam.yaml')
})

test('a file that was asked for and is not there is a problem, with the way out', async () => {
  await expect(loadConfig({ path: 'nowhere/inseam.yaml', env: {} })).rejects.toMatchObject({
    code: 'config-invalid',
    message:
      'nowhere/inseam.yaml  The file cannot be read (ENOENT). Check the path, and that this process may read it.',
  })
})

test('a folder is no file', async () => {
  await using dir = await folder()
  await expect(loadConfig({ path: dir.path, env: {} })).rejects.toMatchObject({ code: 'config-invalid' })
})

test('without a file in the working directory, the environment is the configuration', async () => {
  const config = await loadConfig({ env: { OPENAI_API_KEY: 'k' } })
  expect(config.source).toBe('defaults')
  expect(config.providers.map(({ name }) => name)).toEqual(['openai'])
})
