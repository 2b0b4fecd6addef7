import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../harness/run-script.ts'

const compared = ['ai', '@ai-sdk/openai', 'openai', '@anthropic-ai/sdk', 'undici'] as const

/** The versions of what was compared. */
export function versionsCompared(): Record<string, string> {
  const versionOf = (path: string): string => JSON.parse(readFileSync(join(repository, path), 'utf8')).version
  return Object.fromEntries([
    ['inseam', versionOf('package.json')],
    ...compared.map((name) => [name, versionOf(`node_modules/${name}/package.json`)]),
  ])
}
