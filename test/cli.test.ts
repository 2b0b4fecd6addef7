import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { faults, type Simulator, startSimulator } from '../src/simulator/index.ts'
import { inseam, startInseam } from './process.ts'

let root = ''
let cwd = ''
let simulator: Simulator
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'inseam-cli-'))
  simulator = await startSimulator()
})
afterAll(async () => {
  await simulator.close()
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'at-'))
})

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
const run = (...words: string[]) => inseam(words, { cwd })

/** Nothing that a user can do wrong shows where in our code it was found. */
const stackTrace = /\n\s+at .*:\d+:\d+/

describe('help', () => {
  it('is there for every command', async () => {
    const paths = [
      '',
      'up',
      'try',
      'models',
      'prices',
      'prices import',
      'prices reprice',
      'eval',
      'explain',
      'events',
      'events tail',
      'events sql',
      'keys',
      'budgets',
      'budgets list',
      'budgets unknown',
      'budgets correct',
      'keys create',
      'simulate',
      'config',
      'config check',
      'completion',
    ]
    const shown = paths.map(async (path) => {
      const { code, out, err } = await run(...path.split(' ').filter(Boolean), '--help')
      expect({ path, code, err }).toEqual({ path, code: 0, err: '' })
      expect(out).toContain(`Usage: inseam ${path}`.trimEnd())
    })
    await Promise.all(shown)
  })

  it('says the version of the package', async () => {
    const { default: manifest } = await import('../package.json', { with: { type: 'json' } })
    expect(await run('--version')).toMatchObject({ code: 0, out: `${manifest.version}\n` })
  })
})

describe('words that are none', () => {
  it.each([
    [['uo'], /unknown command 'uo'[\s\S]*Did you mean up\?/],
    [['up', '--prot', '1'], /unknown option '--prot'[\s\S]*Did you mean --port\?/],
    [['up', 'now'], /too many arguments/],
    [['up', '--port', 'http'], /'http' is invalid. It must be a whole number from 0/],
    [['up', '--port', '65536'], /'65536' is invalid/],
    [['simulate', '--port', '-1'], /'-1' is invalid/],
    [['simulate', '--seed', 'x'], /'x' is invalid/],
    [['completion', 'tcsh'], /'tcsh' is invalid[\s\S]*bash, zsh, fish/],
    [['try'], /missing required argument 'prompt'/],
    [['events', 'sql'], /--schema/],
    [['events', 'tail', '-n', '0'], /whole number above 0/],
  ])('are refused, and what is meant is said: %j', async (words, said) => {
    const { code, out, err } = await run(...words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(said)
    expect(err).not.toMatch(stackTrace)
  })
})

const lab = 'providers: { lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1" } }'
const mistakes: Record<string, readonly [text: string, place: string, what: RegExp, fix: RegExp]> = {
  'an unknown key': [
    `${lab}\nmodels:\n  fast: { targets: [lab/m], timeut: { total: 20s } }\n`,
    '3:29',
    /models\.fast\.timeut: This key is unknown/,
    /Did you mean "timeout"\?/,
  ],
  'a bad unit': [
    `${lab}\nmodels:\n  fast: { targets: [lab/m], timeout: { total: 20sec } }\n`,
    '3:47',
    /models\.fast\.timeout\.total: "20sec" is no duration/,
    /Write 20s, 250ms or 2m/,
  ],
  'a variable that is missing': [
    `providers:\n  lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1", key: "\${NO_SUCH_KEY}" }\n`,
    '2:67',
    /The variable NO_SUCH_KEY is not set/,
    /Set it/,
  ],
  'an alias that leads nowhere': [
    `${lab}\nmodels:\n  fast: { targets: [labb/m] }\n`,
    '3:21',
    /"labb\/m" leads nowhere/,
    /Did you mean "lab"\?/,
  ],
  'text that is no YAML': [`${lab}\nmodels: {\n  fast: \n`, '3:9', /This is no YAML/, /Indent by two spaces/],
}

describe('a configuration that cannot be used', () => {
  it.each(Object.entries(mistakes))(
    'is told with file, line, column, what and fix, and nothing is started: %s',
    async (_, [text, place, what, fix]) => {
      write('inseam.yaml', text)
      const [checked, started] = await Promise.all([run('config', 'check'), run('up', '--port', '0')])
      expect(checked).toMatchObject({ code: 2, out: '' })
      expect(checked.err.startsWith(`inseam.yaml:${place}  `)).toBe(true)
      expect(checked.err).toMatch(what)
      expect(checked.err).toMatch(fix)
      expect(checked.err).not.toMatch(stackTrace)
      expect(started).toEqual(checked)
    },
  )

  it('is a file that is not there, where it was named', async () => {
    const [checked, ...others] = await Promise.all([
      run('config', 'check', 'nope.yaml'),
      run('up', '-c', 'nope.yaml'),
      run('try', 'Hello.', '-c', 'nope.yaml'),
    ])
    expect(checked.err).toMatch(/^nope\.yaml {2}The file cannot be read \(ENOENT\)\. Check the path/)
    expect(checked).toMatchObject({ code: 2, out: '' })
    expect(others).toEqual([checked, checked])
  })
})

describe('inseam config check', () => {
  it('says what can be used, and shows what it resolved to without its secrets', async () => {
    write(
      'inseam.yaml',
      `providers: { lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1", key: key-canary-1, headers: { x-team: header-canary-2 } } }
models: { fast: { targets: [lab/m] } }
gateway: { keys: [{ name: ci, key: gateway-canary-3 }] }
events: { store: postgres, url: "postgres://me:canary-4@127.0.0.1:9/books" }
state: { store: postgres, url: "postgres://me:canary-5@127.0.0.1:9/books" }
`,
    )
    expect(await run('config', 'check')).toMatchObject({
      code: 0,
      out: 'inseam.yaml can be used: 1 provider, 1 alias.\n',
      err: '',
    })
    const { code, out } = await run('config', 'check', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ aliases: [{ name: 'fast' }], gateway: { keys: [{ name: 'ci' }] } })
    expect(out).not.toContain('canary')
  })
})

describe('inseam models', () => {
  it('lists where each leads, what it costs and what it can do', async () => {
    const { code, out } = await run('models', '--simulate')
    expect(code).toBe(0)
    expect(out).toMatch(/^fast +simulator\/sim-small +1 +5 +200,000 +64,000 +images, PDFs/m)
    const json = await run('models', '--simulate', '--json')
    expect(JSON.parse(json.out)).toContainEqual(
      expect.objectContaining({
        id: 'simulator/sim-small',
        ownedBy: 'simulator',
        capabilities: expect.objectContaining({ contextTokens: 200_000, tools: true }),
        prices: [{ target: 'simulator/sim-small', input: 1, output: 5 }],
      }),
    )
  })

  it('says of what it does not know that it does not', async () => {
    write(
      'own.yaml',
      'providers:\n  lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1", models: [mine] }\nmodels:\n  fast: { targets: [lab/mine] }\n',
    )
    const { code, out } = await run('models', '--config', 'own.yaml')
    expect(code).toBe(0)
    expect(out).toMatch(/^fast +lab\/mine +\? +\? +\? +\? +\?$/m)
  })
})

describe('inseam try', () => {
  const configure = () =>
    write(
      'inseam.yaml',
      `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: any } }
models: { fast: { targets: [lab/sim-small] } }
prices: { lab/sim-small: { input: 1, output: 2 } }
`,
    )

  it('prints the answer, its cost and the time line of its attempts', async () => {
    configure()
    const { code, out, err } = await run('try', 'Say hello.')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^hello\n\n\$0\.0000\d+ · inseam\.yaml\n\ncall_\w+ /)
    expect(out).toMatch(/lab\/sim-small answered\./)
    expect(out).toMatch(/1 lab\/sim-small: completed \(stop\)/)
  })

  it('prints all of it as JSON', async () => {
    configure()
    const { code, out, err } = await run('try', 'Say hello.', '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { reply, events } = JSON.parse(out)
    expect(reply).toMatchObject({ text: 'hello', ending: { type: 'completed' }, target: 'lab/sim-small' })
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['attempt', 'call'])
    expect(events[1].cost).toEqual(reply.cost)
  })

  it('tells the story of a call that failed, and whatever had come', async () => {
    configure()
    const { code, out, err } = await run('try', 'Hello.', '-m', 'lab/sim-small+cut@3')
    expect(code).toBe(2)
    expect(out).toMatch(/^\w.*\n\ncall_\w+ [\s\S]*It failed: stream-interrupted\./)
    expect(err).toMatch(/^lab\/sim-small\+cut@3 broke off its answer[\s\S]*Fix: /)
    expect(err).not.toMatch(stackTrace)
  })

  it('lists the models there are, where it is asked for another one', async () => {
    configure()
    const { code, out, err } = await run('try', 'Hello.', '-m', 'fsat')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^There is no model "fsat"\.\n\n {2}Fix: Use one of: fast/)
  })

  it('answers from the simulator where it is told to, whatever the configuration says', async () => {
    write('inseam.yaml', 'nonsense: true')
    const { code, out } = await run('try', 'Say hello.', '--simulate')
    expect(code).toBe(0)
    expect(out).toMatch(/^hello\n\n\$0\.0000\d+ · the simulator at http/)
  })
})

describe('inseam simulate', () => {
  /** The status that a simulator answers a question with. */
  const askedOf = async (url: string) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello.' }] }),
    })
    await response.body?.cancel()
    return response.status
  }

  it('does what a scenario says, until it is told to stop', async () => {
    write('scenario.yaml', 'pace: { firstTokenMs: 0, tokenMs: 0 }\nrules:\n  - fault: { type: server-error }\n')
    await using child = startInseam(['simulate', '--port', '0', '--json', '--scenario', 'scenario.yaml'], { cwd })
    const { url } = JSON.parse(await child.line(/^\{/))
    expect(await askedOf(url)).toBe(500)
    child.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: 0, err: '' })
  })

  it.each([
    ['rules:\n  - fault: { type: stal }\n', /rules\[0\]\.fault\.type: No fault is called "stal"[\s\S]*Fix: /],
    ['rulez: []\n', /rulez[\s\S]*Fix: /],
    ['rules: [\n', /at line 2, column 1[\s\S]*Fix: Correct that line/],
    ['', /scenario[\s\S]*Fix: /],
  ])('says where a scenario is wrong, and what to do: %j', async (text, said) => {
    write('scenario.yaml', text)
    const { code, out, err } = await run('simulate', '--port', '0', '--scenario', 'scenario.yaml')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^scenario\.yaml {2}/)
    expect(err).toMatch(said)
    expect(err).not.toMatch(stackTrace)
  })

  it('puts a scenario in force when its file changes; one that is wrong leaves the old one, and says where', async () => {
    write('scenario.yaml', 'rules:\n  - fault: { type: overloaded }\n')
    await using child = startInseam(['simulate', '--port', '0', '--json', '--scenario', 'scenario.yaml'], { cwd })
    const { url } = JSON.parse(await child.line(/^\{/))
    expect(await askedOf(url)).toBe(529)
    write('scenario.yaml', 'rules:\n  - fault: { type: unavailabel }\n')
    await child.line(/^scenario\.yaml {2}rules\[0\]\.fault\.type: .*Did you mean unavailable\?/)
    await child.line(/^ {2}What was in force stays\. Fix: Correct that place/)
    expect(await askedOf(url)).toBe(529)
    write('scenario.yaml', 'rules:\n  - fault: { type: unavailable }\n')
    await child.line(/^scenario\.yaml is in force/)
    expect(await askedOf(url)).toBe(503)
  })

  it('takes faults for arguments, and says which of them is none', async () => {
    const words = ['simulate', '--port', '0', '--json', '--fault', 'overloaded@1', '--fault', 'unavailable']
    await using child = startInseam(words, { cwd })
    const { url } = JSON.parse(await child.line(/^\{/))
    expect([await askedOf(url), await askedOf(url)]).toEqual([529, 503])
    const { code, err } = await run('simulate', '--port', '0', '--fault', 'overloaded', '--fault', 'stal@2')
    expect(code).toBe(2)
    expect(err).toMatch(/^--fault stal@2: No fault is called "stal"\. Did you mean stall\? .*\n\n {2}Fix: Write it as/)
    const both = await run('simulate', '--fault', 'stall', '--scenario', 'scenario.yaml')
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('cannot be used with') })
  })

  it('speaks TLS where it is asked to, and says whom to trust', async () => {
    await using child = startInseam(['simulate', '--port', '0', '--json', '--tls'], { cwd })
    const { addresses, authority } = JSON.parse(await child.line(/^\{/))
    expect(Object.keys(addresses)).toEqual(['tls', 'tls-expired', 'tls-wrong-host', 'tls-untrusted', 'stalled-tls'])
    const [answer] = await once(get(`${addresses.tls}/simulator/faults`, { ca: authority, agent: false }), 'response')
    expect(answer.statusCode).toBe(200)
    answer.destroy()
  })

  it('lists every fault in its help, by category, in 80 columns', async () => {
    const { out } = await run('simulate', '--help')
    for (const { name } of faults) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
    const categories = ['connection', 'status', 'body', 'stream', 'answer']
    expect(out.match(/(?<=^Faults of the )\w+/gm)).toEqual(categories)
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('says that a scenario is not there', async () => {
    const { code, err } = await run('simulate', '--port', '0', '--scenario', 'nope.yaml')
    expect(code).toBe(2)
    expect(err).toMatch(/^nope\.yaml {2}ENOENT[\s\S]*Fix: Name a file/)
  })
})

it('says that a port is taken, and ends', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  try {
    write('inseam.yaml', lab)
    const started = [['up'], ['up', '--simulate'], ['simulate']].map(async (words) => {
      const { code, out, err } = await run(...words, '--port', String(port))
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' })
      expect(err).toMatch(/cannot listen on .*: something else listens there\.\n\n {2}Fix: .*another port/)
      expect(err).not.toMatch(stackTrace)
    })
    await Promise.all(started)
  } finally {
    taken.close()
  }
})

describe('a record that is not there', () => {
  it.each([
    ['explain', 'last'],
    ['events', 'tail'],
    ['events', 'sql', 'select 1'],
  ])('is said to be missing: inseam %s %s', async (...words) => {
    const { code, out, err } = await run(...words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^There is no event store at \.inseam\/events\.db\.\n\n {2}Fix: /)
  })

  it('is looked for where inseam.yaml has it written', async () => {
    write('inseam.yaml', `providers: { openai: { key: "\${NO_SUCH_KEY}" } }\nevents: { path: data/calls.db }\n`)
    expect((await run('explain', 'last')).err).toContain('There is no event store at data/calls.db.')
  })
})

describe('inseam completion', () => {
  const bash = promisify(execFile)
  /** What bash offers after these words. */
  const offered = async (script: string, ...words: string[]) => {
    const ask = `${script}\nCOMP_WORDS=(inseam "$@"); COMP_CWORD=$#; _inseam; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await bash('bash', ['--norc', '-c', ask, 'bash', ...words])
    return stdout.trim().split('\n')
  }

  it('completes commands and options under bash, also behind the value of an option', async () => {
    const { code, out } = await run('completion', 'bash')
    expect(code).toBe(0)
    expect(await offered(out, '')).toEqual(expect.arrayContaining(['up', 'try', 'explain', 'events', 'simulate']))
    expect(await offered(out, 'ev')).toEqual(['eval', 'events'])
    expect(await offered(out, 'events', '')).toEqual(['tail', 'sql', '--help'])
    expect(await offered(out, 'events', 'sql', '--sch')).toEqual(['--schema'])
    expect(await offered(out, 'up', '--port', '4000', '--sim')).toEqual(['--simulate'])
    expect(await offered(out, 'simulate', '--fault', 'overl')).toEqual(['overloaded'])
    expect(await offered(out, 'simulate', '--fault', 'stall', '--t')).toEqual(['--tls', '--token'])
    expect(await offered(out, 'nonsense', '--nonsense')).toEqual([''])
  })

  it.each(['zsh', 'fish'])('is written for %s', async (shell) => {
    const { code, out } = await run('completion', shell)
    expect(code).toBe(0)
    expect(out).toMatch(/events/)
  })
})
