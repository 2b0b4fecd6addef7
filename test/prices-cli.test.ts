import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { createSeam } from '../src/create-seam.ts'
import { feature, prompt } from '../src/index.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { createMemoryCache } from '../src/stores/memory/index.ts'
import { openEventStore } from '../src/stores/sqlite/index.ts'
import { inseam } from './process.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-prices-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
const run = (...words: string[]) => inseam(words, { cwd })

const greet = feature({ name: 'greet', model: 'lab/sim-small', prompt: () => prompt`Greet Ada.` })

/** One call on the record, at the prices that the configuration has. */
async function recordOne(prices: string) {
  await using simulator = await startSimulator()
  write('prices.yaml', prices)
  write(
    'inseam.yaml',
    `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: simulated } }\nprices: ./prices.yaml\n`,
  )
  const config = await loadConfig({ path: join(cwd, 'inseam.yaml') })
  const events = await openEventStore({ path: config.events.path })
  await using seam = createSeam({ config, events, cache: createMemoryCache() })
  return await seam.complete(greet, {})
}

describe('inseam prices', () => {
  it('checks traffic against the book of today, and prices it anew without losing what stood there', async () => {
    const { usage, cost } = await recordOne('models: { lab/sim-small: { input: 2, output: 4, checkedOn: 2020-01-01 } }')
    const output = usage.outputText + usage.outputReasoning
    expect(cost.nanoUsd).toBe(usage.inputUncached * 2000 + output * 4000)

    write('prices.yaml', 'models: { lab/sim-small: { input: 4, output: 8, checkedOn: 2020-01-01 } }')
    const checked = JSON.parse((await run('prices', 'check', '--json')).out)
    const twice = 2 * (cost.nanoUsd ?? 0)
    expect(checked).toMatchObject({
      looked: 1,
      unpriced: [],
      changed: [{ model: 'lab/sim-small', attempts: 1, bookedNanoUsd: cost.nanoUsd, otherNanoUsd: twice }],
      old: [{ model: 'lab/sim-small', checkedOn: '2020-01-01' }],
    })
    const dry = JSON.parse((await run('prices', 'reprice', '--since', '1d', '--dry-run', '--json')).out)
    expect(dry).toMatchObject({ dryRun: true, corrected: 1, beforeNanoUsd: cost.nanoUsd, afterNanoUsd: twice })
    const done = JSON.parse((await run('prices', 'reprice', '--since', '1d', '--json')).out)
    expect(done).toMatchObject({ dryRun: false, looked: 1, corrected: 1, unpriced: 0 })
    const again = JSON.parse((await run('prices', 'reprice', '--since', '1d', '--json')).out)
    expect(again).toMatchObject({ looked: 1, corrected: 0 })
    const sql =
      'select c.cost_nano_usd as now, k.old_nano_usd as before from v_calls c join v_cost_corrections k using (call_id)'
    expect(JSON.parse((await run('events', 'sql', sql, '--json')).out)).toEqual([{ now: twice, before: cost.nanoUsd }])
  }, 120_000)

  it('leaves with 1 where traffic is unpriced, and never puts nothing in the place of a known cost', async () => {
    const { cost } = await recordOne('models: { lab/sim-large: { input: 2, output: 4 } }')
    // The stored model is one that nobody prices any more.
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(cwd, '.inseam/events.db'))
    database.exec("UPDATE attempts SET model = 'gone-model', answered_model = NULL")
    database.close()
    const checked = await run('prices', 'check')
    expect(checked.code).toBe(1)
    expect(checked.out).toContain('lab/gone-model: 1 attempts')
    expect(JSON.parse((await run('prices', 'reprice', '--since', '1d', '--json')).out)).toMatchObject({
      corrected: 0,
    })
    const stored = JSON.parse((await run('events', 'sql', 'select cost_nano_usd from v_attempts', '--json')).out)
    expect(stored).toEqual([{ cost_nano_usd: cost.nanoUsd }])
    const nowhere = await run('prices', 'check', '--db', 'nowhere.db')
    expect(nowhere.code).toBe(2)
  }, 120_000)

  it('imports a list into a file that the configuration takes, and says what it left', async () => {
    const list = {
      'acme-1': { litellm_provider: 'acme', mode: 'chat', input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5 },
      'other-1': { litellm_provider: 'other', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 },
      'acme/img': { litellm_provider: 'acme', mode: 'image_generation', output_cost_per_image: 0.04 },
    }
    write('list.json', JSON.stringify(list))
    const imported = await run('prices', 'import', 'list.json', '--only', 'acme/*', '--out', 'prices.yaml')
    expect(imported.err).toContain('acme/img: its mode is image_generation')
    expect(imported.err).toContain('1 models from litellm, written to prices.yaml')
    write(
      'inseam.yaml',
      'providers: { lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1" } }\nprices: prices.yaml\n',
    )
    const shown = await run('prices', 'show', 'acme/acme-1')
    expect(shown.out).toContain('acme/acme-1: your own price')
    expect(shown.out).toContain('input: 2.5\n')
    expect((await run('prices', 'list')).out).toMatch(/claude-opus-5-5\s+book\s+4\s+0\.2\s+5\s+8\s+20/)
    const missing = await run('prices', 'show', 'claude-nobody')
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('inseam prices list')])
    write('bad.json', '{"a": 1}')
    expect((await run('prices', 'import', 'bad.json')).err).toContain('--from litellm')
  }, 120_000)
})
