import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { openEventReader } from '../src/stores/sqlite/index.ts'
import { cloneInto } from './clone.ts'
import { type Ended, start } from './process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pinned = join(root, 'node_modules', '.bin')
const quiet = ['--no-audit', '--no-fund', '--loglevel=error']

let folder = ''
let app = ''
let tarball = ''
let whyNot: string | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-package-'))
  app = join(folder, 'app')
  const clone = join(folder, 'clone')
  cloneInto(clone)
  await succeeds(run(process.execPath, ['scripts/build.ts'], clone))
  const { out } = await succeeds(
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, ...quiet], clone),
  )
  tarball = join(folder, out.trim())
  const { code, err } = await install(app)
  if (code !== 0) whyNot = `npm cannot install here: ${err.trim().split('\n')[0]}`
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (
  command: string,
  words: readonly string[],
  cwd: string,
  path = `${pinned}${delimiter}${process.env.PATH}`,
) => start(command, words, { cwd, env: { PATH: path } }).ended

async function succeeds(running: Promise<Ended>): Promise<Ended> {
  const ended = await running
  expect(ended, `${ended.out}${ended.err}`).toMatchObject({ code: 0 })
  return ended
}

/** A project outside of any clone, with nothing in it but the package. */
function install(cwd: string, path?: string): Promise<Ended> {
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'package.json'), '{ "name": "app", "private": true, "type": "module" }')
  return run(
    'npm',
    ['install', tarball, '--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', ...quiet],
    cwd,
    path,
  )
}

/** The built page, and its API behind the token of the link. */
async function servesPage(link: string): Promise<void> {
  const { origin, hash } = new URL(link)
  const page = await fetch(origin)
  expect(page.headers.get('content-type')).toContain('text/html')
  const [, script = ''] = /<script[^>]+src="([^"]+assets[^"]+)"/.exec(await page.text()) ?? []
  expect((await fetch(new URL(script, origin))).headers.get('content-type')).toContain('text/javascript')
  const authorization = `Bearer ${hash.replace('#token=', '')}`
  expect(await (await fetch(`${origin}/api/state`, { headers: { authorization } })).json()).toMatchObject({
    isSimulated: true,
    hasRecord: true,
  })
}

function needsInstall({ skip }: TestContext): void {
  if (whyNot !== undefined) skip(whyNot)
}

describe('the package, installed outside of a clone', { timeout: 120_000 }, () => {
  it('starts a gateway with npx that answers, records in its worker and leaves in order', async (context) => {
    needsInstall(context)
    await using gateway = start('npx', ['inseam', 'up', '--simulate', '--port', '0', '--admin-port', '0', '--json'], {
      cwd: app,
      env: { PATH: `${pinned}${delimiter}${process.env.PATH}` },
      asTerminal: true,
    })
    const { url, page } = JSON.parse(await gateway.line(/^\{/))
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Say hello.' }] }),
    })
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'hello' } }] })
    await servesPage(page)
    gateway.kill('SIGINT')
    await gateway.line(/Stopped\. Every event is on the record\./)
    await gateway.ended
    const { out } = await succeeds(run('npx', ['inseam', 'explain', 'last'], app))
    expect(out).toMatch(/simulator\/sim-small answered\./)
    using record = openEventReader({ path: join(app, '.inseam/events.db') })
    expect(record.idsLike('')).toEqual([response.headers.get('x-inseam-call')])
  })

  it('finds the SDKs of a project, and names npx', async (context) => {
    needsInstall(context)
    mkdirSync(join(app, 'project'))
    writeFileSync(join(app, 'project/package.json'), '{ "dependencies": { "openai": "^7" } }')
    writeFileSync(join(app, 'project/ask.js'), 'const client = new OpenAI()\n')
    const { out } = await succeeds(run('npx', ['inseam', 'init', 'project'], app))
    expect(out).toContain("+ const client = new OpenAI({ baseURL: 'http://127.0.0.1:4000/v1' })")
    expect(out).toContain('Next:  npx inseam up')
  })

  it('shows the demo', async (context) => {
    needsInstall(context)
    const words = ['inseam', 'demo', '--calls', '5', '--rate', '20', '--admin-port', '0', '--json']
    const { out } = await succeeds(run('npx', words, app))
    const [begun = '', ended = ''] = out.trim().split('\n')
    expect(JSON.parse(begun).page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=/)
    expect(JSON.parse(ended).calls).toBeGreaterThanOrEqual(5)
    using record = openEventReader({ path: join(app, '.inseam/demo/events.db') })
    expect(record.idsLike('').length).toBeGreaterThanOrEqual(5)
  })

  it('runs suites that import it', async (context) => {
    needsInstall(context)
    writeFileSync(
      join(app, 'greet.eval.mjs'),
      `import { feature, prompt } from 'inseam'
import { contains, suite } from 'inseam/evals'

const greet = feature({ name: 'greet', model: 'fast', prompt: () => prompt\`Say hello.\` })
export default suite({ name: 'greet', feature: greet, cases: [{ input: {}, expected: 'hello' }], scorers: [contains()] })
`,
    )
    const { out } = await succeeds(run('npx', ['inseam', 'eval', 'greet.eval.mjs', '--simulate'], app))
    expect(out).toContain('PASSED  greet')
  })

  it('is a library that completes a call and records it', async (context) => {
    needsInstall(context)
    writeFileSync(
      join(app, 'inseam.yaml'),
      `providers: { lab: { dialect: openai-chat, url: "\${LAB}/v1", key: any } }
models: { fast: { targets: [lab/sim-small] } }
events: { path: library.db }
`,
    )
    writeFileSync(
      join(app, 'call.mjs'),
      `import { feature, openSeam, prompt } from 'inseam'
import { isInseamError } from 'inseam/errors'
import { startSimulator } from 'inseam/simulator'

const simulator = await startSimulator()
process.env.LAB = simulator.url
const greet = feature({ name: 'greet', model: 'fast', prompt: () => prompt\`Say hello.\` })
const seam = await openSeam()
const { text, ending } = await seam.complete(greet, {})
const failed = await seam.complete({ ...greet, model: 'nope' }, {}).catch(isInseamError)
await seam.close()
await simulator.close()
console.log(JSON.stringify({ text, ending, failed }))
`,
    )
    const { out, err } = await succeeds(run('node', ['call.mjs'], app))
    expect(JSON.parse(out)).toMatchObject({ text: 'hello', ending: { type: 'completed' }, failed: true })
    expect(err).toBe('')
    using record = openEventReader({ path: join(app, 'library.db') })
    const { rows } = record.query('select feature, target, ending from v_calls order by target')
    expect(rows).toEqual([
      { feature: 'greet', target: null, ending: 'error' },
      { feature: 'greet', target: 'lab/sim-small', ending: 'completed' },
    ])
  })

  it('opens each public entry, and nothing else', async (context) => {
    needsInstall(context)
    const { exports } = JSON.parse(readFileSync(join(app, 'node_modules/inseam/package.json'), 'utf8'))
    const entries = Object.keys(exports).filter((path) => !path.endsWith('.json'))
    const script = `for (const path of ${JSON.stringify(entries)}) console.log(Object.keys(await import('inseam' + path.slice(1))).length > 0)
await import('inseam/create-seam').catch(({ code }) => console.log(code))`
    const { out } = await succeeds(run('node', ['--input-type=module', '-e', script], app))
    expect(out.trim().split('\n')).toEqual([...entries.map(() => 'true'), 'ERR_PACKAGE_PATH_NOT_EXPORTED'])
  })

  it('carries no test, no source and no path of the machine that built it', async (context) => {
    needsInstall(context)
    const at = join(app, 'node_modules/inseam')
    const files = globSync('**/*.*', { cwd: at }).sort()
    expect(files.filter((file) => /\.(test|suite)\.|(?<!\.d)\.ts$/.test(file))).toEqual([])
    const texts = files.map((file) => readFileSync(join(at, file), 'utf8'))
    expect(files.filter((_, index) => texts[index]?.includes(folder) || texts[index]?.includes(root))).toEqual([])
  })

  it('is installed under an older Node with a warning, and says there which one it needs', async (context) => {
    needsInstall(context)
    const path = (process.env.PATH ?? '')
      .split(delimiter)
      .filter((place) => !place.includes('node_modules'))
      .join(delimiter)
    const { out: version } = await run('node', ['--version'], folder, path).catch(() => ({ out: '' }))
    const [major = 0] = version.trim().slice(1).split('.').map(Number)
    if (major === 0 || major >= 22)
      context.skip(`the system's Node is ${version.trim() || 'not there'}, not an old one`)
    await succeeds(install(join(folder, 'older'), path))
    const { code, out, err } = await run('npx', ['inseam', 'up', '--simulate'], join(folder, 'older'), path)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`Inseam needs Node 22.19 or newer, and this is ${version.trim()}.`)
  })
})

it('imports nothing but Node and what it declares', (context) => {
  needsInstall(context)
  const installed = join(app, 'node_modules/inseam')
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }))
  // Examples in comments are in single quotes; the compiler writes double ones.
  const bareImport = /\b(?:from|import)\s*\(?\s*"(?<name>(?:@[\w-]+\/)?\w[\w.-]*)(?:\/[^"]*)?"/g
  const files = globSync('dist/**/*.js', { cwd: installed, exclude: ['dist/page/**'] })
  const imported = files.flatMap((file) =>
    [...readFileSync(join(installed, file), 'utf8').matchAll(bareImport)].map(({ groups }) => groups?.name ?? ''),
  )
  expect(imported).toContain('undici')
  expect([...new Set(imported)].filter((name) => !declared.has(name))).toEqual([])
})
