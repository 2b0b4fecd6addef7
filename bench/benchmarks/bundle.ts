import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Benchmark, Subject } from '../harness/benchmark.ts'
import { buildLibrary } from '../harness/built.ts'
import { repository } from '../harness/run-script.ts'

/** Bundles a module with rolldown, minified, for Node, and gives the gzipped size in kilobytes of what is loaded with it, or of all. */
async function bundledKilobytes(folder: string, code: string, external: string | undefined, counts: 'entry' | 'all') {
  const work = await mkdtemp(join(folder, 'bundle-'))
  await writeFile(join(work, 'entry.js'), code)
  const words = [
    join(work, 'entry.js'),
    '--format',
    'esm',
    '--platform',
    'node',
    '--minify',
    '--dir',
    join(work, 'out'),
  ]
  if (external) words.push('--external', external)
  await promisify(execFile)(join(repository, 'node_modules/.bin/rolldown'), words, { cwd: repository })
  let bytes = 0
  for (const path of await loaded(join(work, 'out'), counts)) {
    bytes += gzipSync(await readFile(path), { level: 9 }).byteLength
  }
  return bytes / 1000
}

/** The entry and what it imports statically, or every file. */
async function loaded(folder: string, counts: 'entry' | 'all'): Promise<Iterable<string>> {
  if (counts === 'all') return (await readdir(folder)).map((name) => join(folder, name))
  const found = new Set([join(folder, 'entry.js')])
  for (const path of found) {
    for (const [, name = ''] of (await readFile(path, 'utf8')).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
      found.add(join(folder, name))
    }
  }
  return found
}

export const bundle: Benchmark = {
  name: 'bundle',
  title: 'Library: size of a bundle',
  how: 'Bundled with rolldown for Node, minified, each file gzipped (level 9). The peers use the fetch of the platform; we use undici, which is left out and listed beside.',
  unit: 'kB gz',
  isLessBetter: true,
  isExact: true,
  targets: [{ subject: 'inseam, complete', atMost: 40 }],
  async open() {
    const entry = JSON.stringify(join(await buildLibrary(), 'index.js'))
    const folder = join(repository, 'bench/results')
    await mkdir(folder, { recursive: true })
    const work = await mkdtemp(join(folder, 'work-'))
    const sized = (name: string, note: string, code: string, counts: 'entry' | 'all', external?: string): Subject => ({
      name,
      note,
      measure: () => bundledKilobytes(work, code, external, counts),
    })
    const ours = `export { createSeam, feature, prompt } from ${entry}`
    const opened = `export { openSeam, feature, prompt } from ${entry}`
    return {
      subjects: [
        sized(
          'inseam, complete',
          'createSeam, feature, prompt: what loads at once; without undici',
          ours,
          'entry',
          'undici',
        ),
        sized(
          'inseam, everything',
          'openSeam with configuration and stores, loaded when used; without undici',
          opened,
          'all',
          'undici',
        ),
        sized('undici', 'beside it', `export { Pool } from 'undici'`, 'all'),
        sized(
          'ai',
          'generateText and @ai-sdk/openai',
          `export { generateText } from 'ai'; export { createOpenAI } from '@ai-sdk/openai'`,
          'all',
        ),
        sized('openai', 'the client', `export { default } from 'openai'`, 'all'),
        sized('@anthropic-ai/sdk', 'the client', `export { default } from '@anthropic-ai/sdk'`, 'all'),
      ],
      [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
    }
  },
}
