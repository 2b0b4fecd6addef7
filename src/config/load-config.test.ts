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

test('a file that never ends is read no further than a configuration can go', async () => {
  await expect(loadConfig({ path: '/dev/zero', env: {} })).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('larger than 1 MiB'),
  })
})

test('a secret is read from a regular file of at most 1 MiB, and from nothing else', async () => {
  await using dir = await folder()
  await writeFile(join(dir.path, 'huge'), 'x'.repeat(1024 ** 2 + 1))
  await writeFile(join(dir.path, 'large'), 'x'.repeat(1024 ** 2))
  const load = (file: string) =>
    loadConfig({
      text: `providers: { openai: { key: "\${file:${file}}" } }`,
      path: join(dir.path, 'my.yaml'),
      env: {},
    })
  await expect(load('/dev/zero')).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('/dev/zero is no regular file. Name a file'),
  })
  await expect(load('.')).rejects.toMatchObject({ message: expect.stringContaining('is no regular file') })
  await expect(load('huge')).rejects.toMatchObject({ message: expect.stringContaining('larger than 1 MiB') })
  expect((await load('large')).providers[0]?.key).toHaveLength(1024 ** 2)
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
