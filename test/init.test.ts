import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inseam } from './process.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-init-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
}

/** What `inseam init --json` says of the SDKs of a project. */
interface Found {
  readonly package: string
  readonly language: string
  readonly evidence: readonly string[]
  readonly constructions: readonly {
    readonly file: string
    readonly line: number
    readonly text: string
    readonly changed?: string
    readonly isDone: boolean
  }[]
  readonly change: string
  readonly variable?: string
}

async function found(...words: readonly string[]): Promise<readonly Found[]> {
  const { code, out, err } = await inseam(['init', '--json', ...words], { cwd })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out).sdks
}

/** Each SDK by its manifest, a source that constructs a client, and the line that this becomes. */
const projects: readonly (readonly [
  name: string,
  manifest: string,
  text: string,
  source: string,
  line: string,
  changed: string,
])[] = [
  [
    'openai',
    'package.json',
    '{"dependencies":{"openai":"^7"}}',
    'src/a.ts',
    'const a = new OpenAI()',
    "const a = new OpenAI({ baseURL: 'http://127.0.0.1:4000/v1' })",
  ],
  [
    '@anthropic-ai/sdk',
    'package.json',
    '{"devDependencies":{"@anthropic-ai/sdk":"1"}}',
    'a.mjs',
    'export const a = new Anthropic({ maxRetries: 0 })',
    "export const a = new Anthropic({ baseURL: 'http://127.0.0.1:4000', maxRetries: 0 })",
  ],
  [
    '@ai-sdk/openai',
    'web/package.json',
    '{"dependencies":{"ai":"7","@ai-sdk/openai":"4"}}',
    'web/a.tsx',
    'const openai = createOpenAI({',
    "const openai = createOpenAI({ baseURL: 'http://127.0.0.1:4000/v1',",
  ],
  [
    '@langchain/anthropic',
    'package.json',
    '{"dependencies":{"@langchain/anthropic":"1"}}',
    'a.ts',
    'new ChatAnthropic({})',
    "new ChatAnthropic({ anthropicApiUrl: 'http://127.0.0.1:4000' })",
  ],
  [
    'openai',
    'requirements.txt',
    'openai>=1.0\nflask\n',
    'app/a.py',
    'client = AsyncOpenAI()',
    'client = AsyncOpenAI(base_url="http://127.0.0.1:4000/v1")',
  ],
  [
    'anthropic',
    'pyproject.toml',
    '[project]\ndependencies = [\n  "anthropic[bedrock]~=2.0",\n]\n',
    'a.py',
    'client = anthropic.Anthropic(timeout=30)',
    'client = anthropic.Anthropic(base_url="http://127.0.0.1:4000", timeout=30)',
  ],
  [
    'langchain-openai',
    'pyproject.toml',
    '[tool.poetry.dependencies]\nlangchain_openai = "^1"\n',
    'a.py',
    'llm = ChatOpenAI(',
    'llm = ChatOpenAI(base_url="http://127.0.0.1:4000/v1",',
  ],
  [
    'litellm',
    'requirements-dev.txt',
    'litellm',
    'a.py',
    'r = litellm.completion(model="x")',
    'r = litellm.completion(api_base="http://127.0.0.1:4000/v1", model="x")',
  ],
  [
    'github.com/openai/openai-go',
    'go.mod',
    'module x\nrequire github.com/openai/openai-go/v3 v3.1.0\n',
    'main.go',
    'client := openai.NewClient()',
    'client := openai.NewClient(option.WithBaseURL("http://127.0.0.1:4000/v1/"))',
  ],
  [
    'anthropic',
    'Gemfile',
    "gem 'anthropic', '~> 1'\n",
    'a.rb',
    'client = Anthropic::Client.new',
    'client = Anthropic::Client.new(base_url: "http://127.0.0.1:4000")',
  ],
  [
    'ruby-openai',
    'Gemfile',
    'gem "ruby-openai"\n',
    'a.rb',
    'client = OpenAI::Client.new(log_errors: true)',
    'client = OpenAI::Client.new(uri_base: "http://127.0.0.1:4000/", log_errors: true)',
  ],
  [
    'openai-php/client',
    'composer.json',
    '{"require":{"openai-php/client":"^1"}}',
    'a.php',
    '$c = OpenAI::factory()->make();',
    "$c = OpenAI::factory()->withBaseUri('http://127.0.0.1:4000/v1')->make();",
  ],
  [
    'anthropic-java',
    'build.gradle.kts',
    'implementation("com.anthropic:anthropic-java:2.0.0")',
    'A.kt',
    'val c = AnthropicOkHttpClient.builder().fromEnv().build()',
    'val c = AnthropicOkHttpClient.builder().baseUrl("http://127.0.0.1:4000").fromEnv().build()',
  ],
  [
    'OpenAI',
    'App.csproj',
    '<PackageReference Include="OpenAI" Version="2" />',
    'A.cs',
    'var o = new OpenAIClientOptions();',
    'var o = new OpenAIClientOptions() { Endpoint = new Uri("http://127.0.0.1:4000/v1") };',
  ],
]

describe('inseam init', () => {
  it.each(projects)(
    'finds %s by %s and changes the line that constructs its client',
    async (name, manifest, text, source, line, changed) => {
      write({ [manifest]: text, [source]: `\n${line}\n` })
      expect(await found()).toEqual([
        expect.objectContaining({
          package: name,
          evidence: [manifest],
          constructions: [{ file: source, line: 2, text: line, changed, isDone: false }],
        }),
      ])
    },
  )

  it('puts no named argument before one without a name', async () => {
    write({
      'requirements.txt': 'langchain\n',
      'a.py': 'm = init_chat_model("openai:fast")\nn = init_chat_model(model=x)\n',
    })
    const [langchain] = await found()
    expect(langchain?.constructions.map(({ changed }) => changed)).toEqual([
      undefined,
      'n = init_chat_model(base_url="http://127.0.0.1:4000/v1", model=x)',
    ])
  })

  it('speaks of the AI SDK itself only where none of its providers is there', async () => {
    write({ 'package.json': '{"dependencies":{"ai":"7"}}' })
    expect(await found()).toMatchObject([
      { package: 'ai', change: "createOpenAICompatible({ baseURL: 'http://127.0.0.1:4000/v1', name: 'inseam' })" },
    ])
    write({ 'package.json': '{"dependencies":{"ai":"7","@ai-sdk/anthropic":"4"}}' })
    expect((await found()).map(({ package: name }) => name)).toEqual(['@ai-sdk/anthropic'])
  })

  it('finds an SDK by the import alone, where no manifest names it', async () => {
    write({ 'ask.py': 'import anthropic\n\nclient = anthropic.Anthropic()\n', 'other.py': 'x = Anthropic()\n' })
    expect(await found()).toMatchObject([
      { package: 'anthropic', evidence: ['ask.py'], constructions: [{ file: 'ask.py', line: 3 }] },
    ])
  })

  it('takes no package for another whose name is a part of its own', async () => {
    write({
      'package.json': '{"name":"openai","dependencies":{"@azure/openai":"1","openai-edge":"1"},"description":"openai"}',
      'requirements.txt': 'openai-whisper\nmy.openai\n# openai\nllama-index-llms-openai==1\n',
      'go.mod': 'module github.com/openai/openai-go-helper\n',
    })
    expect(await found()).toEqual([])
  })

  it('looks neither into what others wrote nor along links, and shows no remark', async () => {
    write({
      'package.json': '{"dependencies":{"openai":"7"}}',
      'node_modules/openai/index.js': 'new OpenAI()',
      '.venv/a.ts': 'new OpenAI()',
      'dist/a.js': 'new OpenAI()',
      'src/a.ts': '// new OpenAI()\n * new OpenAI()\n',
    })
    symlinkSync(cwd, join(cwd, 'round'), 'junction')
    expect(await found()).toMatchObject([
      { package: 'openai', constructions: [], change: "new OpenAI({ baseURL: 'http://127.0.0.1:4000/v1' })" },
    ])
  })

  it('says where a project is too large to be looked at whole, and is quick nonetheless', async () => {
    write({ 'package.json': '{"dependencies":{"openai":"7"}}' })
    write(Object.fromEntries(Array.from({ length: 2_100 }, (_, index) => [`src/${index}.ts`, 'new OpenAI()'])))
    const { code, out } = await inseam(['init'], { cwd })
    expect(code).toBe(0)
    expect(out).toContain('The project is large: only a part of it was looked at.')
    expect(out).toContain('… and 1996 more, which --json lists')
  })

  it('reads what it can of a project whose files are broken', async () => {
    write({ 'package.json': '{"dependencies":{"openai":', 'a.py': 'import openai\nc = openai.OpenAI()\n' })
    writeFileSync(join(cwd, 'b.py'), Buffer.from([0xff, 0xfe, 0x00, 0x80]))
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'go.mod'))
    expect(await found()).toMatchObject([{ package: 'openai', language: 'Python', constructions: [{ line: 2 }] }])
  })

  it('shows no key that stands in the line', async () => {
    write({
      'package.json': '{"dependencies":{"openai":"7"}}',
      'a.ts': `new OpenAI({ apiKey: 'very-secret-1' })\nnew OpenAI({ "api_key": "very-secret-2" })\nmake('sk-very-secret-3', new OpenAI())\n`,
    })
    const { out } = await inseam(['init'], { cwd })
    expect(out).toContain("new OpenAI({ baseURL: 'http://127.0.0.1:4000/v1', apiKey: '…' })")
    expect(out).not.toContain('very-secret')
  })

  it('leaves a line alone whose arguments it cannot see, and sees one that is changed already', async () => {
    write({
      'package.json': '{"dependencies":{"openai":"7"}}',
      'a.ts':
        "new OpenAI(options)\nnew OpenAI({ baseURL: 'http://10.0.0.1:8080/v1' })\nnew OpenAI({ baseURL: elsewhere })\n",
    })
    const [openai] = await found('--url', 'http://10.0.0.1:8080/')
    expect(openai?.constructions.map(({ changed, isDone }) => [changed, isDone])).toEqual([
      [undefined, false],
      [undefined, true],
      [undefined, false],
    ])
    expect(openai?.variable).toBe('OPENAI_BASE_URL=http://10.0.0.1:8080/v1')
  })

  it('prints what to change, changes nothing, and names the next command', async () => {
    write({ 'package.json': '{"dependencies":{"openai":"7"}}', 'src/a.ts': 'const client = new OpenAI()\n' })
    const { code, out } = await inseam(['init'], { cwd })
    expect({ code, out }).toEqual({
      code: 0,
      out: `
  One line, and your calls go through Inseam:

    openai · JavaScript · package.json
      src/a.ts:1
      - const client = new OpenAI()
      + const client = new OpenAI({ baseURL: 'http://127.0.0.1:4000/v1' })
      or, without touching code:  OPENAI_BASE_URL=http://127.0.0.1:4000/v1

  Nothing was written.
  Next:  npm run inseam -- up

`,
    })
    expect(readFileSync(join(cwd, 'src/a.ts'), 'utf8')).toBe('const client = new OpenAI()\n')
    expect(existsSync(join(cwd, 'inseam.yaml'))).toBe(false)
  })

  it('shows the usual SDKs and curl where nothing is found', async () => {
    const { code, out } = await inseam(['init'], { cwd })
    expect(code).toBe(0)
    for (const line of [
      'new OpenAI({',
      'Anthropic(base_url=',
      'openai.NewClient(',
      'curl http://127.0.0.1:4000/v1/chat/completions',
      'inseam -- up',
    ])
      expect(out).toContain(line)
  })

  it('refuses a folder that is none', async () => {
    const { code, out, err } = await inseam(['init', 'nowhere'], { cwd })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('nowhere is no folder.')
  })
})

describe('inseam init --write', () => {
  const keys = { ANTHROPIC_API_KEY: 'sk-ant-secret', OPENAI_API_KEY: 'sk-secret' }

  it('writes a configuration of the keys in the environment, which config check passes and which holds no key', async () => {
    const { code, out } = await inseam(['init', '--write'], { cwd, env: keys })
    expect(code).toBe(0)
    expect(out).toContain('inseam.yaml was written')
    const text = readFileSync(join(cwd, 'inseam.yaml'), 'utf8')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what the file says
    expect(text).toContain('  anthropic: { key: "${ANTHROPIC_API_KEY}" }\n  openai: { key: "${OPENAI_API_KEY}" }\n')
    expect(text).toContain('  fast: { targets: [anthropic/claude-haiku-4-5, openai/gpt-5.4-mini] }\n')
    expect(text).not.toContain('secret')
    const checked = await inseam(['config', 'check'], { cwd, env: keys })
    expect(checked).toMatchObject({ code: 0, out: 'inseam.yaml can be used: 2 providers, 2 aliases.\n' })
  })

  it('never writes over a file that is there', async () => {
    write({ 'inseam.yaml': '# mine\n' })
    const { code, err } = await inseam(['init', '--write'], { cwd, env: keys })
    expect(code).toBe(2)
    expect(err).toContain('inseam.yaml is there already, and was left as it is.')
    expect(readFileSync(join(cwd, 'inseam.yaml'), 'utf8')).toBe('# mine\n')
  })

  it('writes nothing where there is no key', async () => {
    const { code, err } = await inseam(['init', '--write'], { cwd })
    expect(code).toBe(2)
    expect(err).toContain('Set ANTHROPIC_API_KEY or OPENAI_API_KEY')
    expect(existsSync(join(cwd, 'inseam.yaml'))).toBe(false)
  })
})
