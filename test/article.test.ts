import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { startExampleGateway } from './example-gateway.ts'
import { start } from './process.ts'
import { type FoundPython, findPython } from './python.ts'
import { type Received, startRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand, type StandOptions } from './stand.ts'

/*
 * The Python listings of the article that Inseam answers, run as they stand against the gateway: nothing is changed but
 * ANTHROPIC_BASE_URL. What the official SDK sent is kept beside them and replayed, so that it is tested without Python too.
 * Where they run, the recordings are compared with what the SDK sends now; INSEAM_RECORD=1 writes them anew.
 */

const folder = fileURLToPath(new URL('fixtures/article', import.meta.url))
const listings = globSync('*.py', { cwd: join(folder, 'listings') }).sort()
const numberOf = (listing: string) => Number(listing.split('_', 1))

/** A request as the SDK sent it, less its key and the versions of the machine that it was recorded on. */
interface RecordedRequest {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const keptHeaders = [
  'accept',
  'content-type',
  'anthropic-version',
  'x-stainless-lang',
  'x-stainless-async',
  'x-stainless-retry-count',
]

/** The file of a listing's recording. Listing 8 asks nothing itself: the function that it is given does, which is listing 2's. */
const recordingOf = (listing: string) => join(folder, listing.replace(/\.py$/, '.json'))

const readRecording = (listing: string): readonly RecordedRequest[] =>
  JSON.parse(readFileSync(recordingOf(listing), 'utf8'))

function recorded({ path, headers, body }: Received): RecordedRequest {
  const kept = keptHeaders.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { method: 'POST', path, headers: Object.fromEntries(kept), body: JSON.parse(body) }
}

/** The model that the article names is a name of the operator's. */
const article = (
  change: Parameters<typeof alias>[2] = {},
  targets = ['simulator-anthropic/sim-small'],
): StandOptions => ({
  aliases: [alias('claude-sonnet-4-6', targets, change)],
})

/** What the provider fails with before it answers. */
const overloadedTwice = { rules: [{ when: { request: { from: 1, to: 2 } }, fault: { type: 'overloaded' } }] } as const
const patient = { retry: { attempts: 3, baseMs: 1, capMs: 2 } }

/** What each listing gives, whoever runs it. */
const gives: Readonly<Record<number, (given: unknown, said: string) => void>> = {
  1: (_, said) => expect(said.split('\n')[0]).toMatch(/\w{3}/),
  2: (given) =>
    expect(given).toEqual({
      category: expect.any(String),
      priority: expect.stringMatching(/^(?:low|medium|high|critical)$/),
      summary: expect.any(String),
      requires_escalation: expect.any(Boolean),
    }),
  3: (given) => expect(given).toMatch(/^Refunds are paid within 14 days of the return\. \[\d\]/),
  4: (given) => expect(given).toMatch(/shipped/),
  5: (given) => {
    const [first, second] = given as readonly string[]
    expect(first).toMatch(/\w{3}/)
    expect(second).toBe(first)
  },
  6: (given) => expect(given).toBe('hello'),
  7: (given) =>
    expect(given).toMatchObject({
      text: 'hello',
      logged: [
        {
          event: 'llm_call',
          input_tokens: expect.any(Number),
          output_tokens: expect.any(Number),
          stop_reason: 'end_turn',
        },
      ],
    }),
  8: (given) => expect(given).toBe(1),
}

describe('the Python listings of the article, run as they stand', { timeout: 60_000, concurrent: true }, () => {
  let found: FoundPython = { type: 'absent', whyNot: 'Python was not looked for.' }
  beforeAll(async () => {
    found = await findPython()
  }, 120_000)

  /** Runs a listing through a recorder before the gateway: what it says, what it gives, what it sent. */
  async function runListing(listing: string, { gateway }: Stand, { skip }: TestContext) {
    if (found.type === 'absent') return skip(found.whyNot)
    await using recorder = await startRawUpstream(
      (response, request) =>
        void pass(gateway.url, request).then((answer) => {
          response
            .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
            .end(answer.text)
        }),
    )
    const { code, out, err } = await start(found.python, [join(folder, 'run_listing.py'), String(numberOf(listing))], {
      cwd: folder,
      env: {
        ANTHROPIC_BASE_URL: recorder.url,
        ANTHROPIC_API_KEY: 'any',
        PYTHONPATH: join(folder, 'stubs'),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    }).ended
    expect(code, err).toBe(0)
    return { out, given: JSON.parse(out.trim().split('\n').at(-1) ?? ''), sent: recorder.received.map(recorded) }
  }

  it.for(listings)('%s', async (listing, context) => {
    await using stand = await openStand(article())
    const { out, given, sent } = await runListing(listing, stand, context)
    gives[numberOf(listing)]!(given, out)
    if (process.env.INSEAM_RECORD) writeFileSync(recordingOf(listing), `${JSON.stringify(sent, undefined, 2)}\n`)
    expect(sent).toEqual(readRecording(listing))
    expect(answered(stand)).toEqual(sent.map(() => ({ model: 'claude-sonnet-4-6', ending: 'completed' })))
  })

  it.for(listings.filter((listing) => numberOf(listing) === 6))(
    '%s, where the provider is overloaded: the SDK sees one answer',
    async (listing, context) => {
      await using stand = await openStand({ ...article(patient), simulator: { scenario: overloadedTwice } })
      const { given, sent } = await runListing(listing, stand, context)
      gives[6]!(given, '')
      expect(sent).toHaveLength(1)
      expect(stand.attempts().map(({ outcome }) => outcome.errorCode)).toEqual(['overloaded', 'overloaded', undefined])
    },
  )

  it('a feature is a model for Python: examples/10_feature_as_model.py', async ({ expect, skip }) => {
    if (found.type === 'absent') return skip(found.whyNot)
    await using gateway = await startExampleGateway()
    const example = fileURLToPath(new URL('../examples/10_feature_as_model.py', import.meta.url))
    const { code, out, err } = await start(found.python, [example], {
      cwd: folder,
      env: { ANTHROPIC_BASE_URL: gateway.url, ANTHROPIC_API_KEY: 'none' },
    }).ended
    expect(code, err).toBe(0)
    expect(out).toMatch(/^billing (?:low|medium|high|critical)\n$/)
  })
})

describe('what the official SDK sent for them, replayed', () => {
  const answerOf = async ({ gateway }: Stand, { path, headers, body }: RecordedRequest) => {
    const { status, text } = await pass(gateway.url, {
      path,
      headers: { ...headers, 'x-api-key': 'any' },
      body: JSON.stringify(body),
    })
    expect(status, text).toBe(200)
    return JSON.parse(text) as { content: { type: string; text?: string; name?: string }[]; stop_reason: string }
  }
  const dialects = [
    ['its own dialect', 'simulator-anthropic/sim-small'],
    ['another dialect', 'simulator/sim-small'],
  ] as const
  const cases = listings.flatMap((listing) => dialects.map(([name, target]) => ({ listing, name, target })))

  it.for(cases)('$listing is answered from $name', async ({ listing, target }) => {
    await using stand = await openStand(article({}, [target]))
    const requests = readRecording(listing)
    const answers: Awaited<ReturnType<typeof answerOf>>[] = []
    for (const request of requests) answers.push(await answerOf(stand, request))
    expect(answers.at(-1)?.stop_reason).toBe('end_turn')
    expect(answered(stand)).toEqual(requests.map(() => ({ model: 'claude-sonnet-4-6', ending: 'completed' })))
    const text = answers.at(-1)?.content.find(({ type }) => type === 'text')?.text ?? ''
    const number = numberOf(listing)
    if (number === 2) gives[2]!(JSON.parse(text), text)
    if (number === 4) {
      expect(answers.map(({ stop_reason }) => stop_reason)).toEqual(['tool_use', 'end_turn'])
      expect(answers[0]?.content).toContainEqual(
        expect.objectContaining({ type: 'tool_use', name: 'get_order_status' }),
      )
    }
    if (number === 5) gives[5]!([text, text], text)
    if ([3, 4, 6].includes(number)) gives[number]!(text, text)
  })

  it('answers the second call of listing 5 from the cache where the alias has one, whoever forgets to ask redis', async () => {
    await using stand = await openStand(article({ cache: { ttlSeconds: 60 } }))
    const [request] = readRecording(listingOf(5))
    const first = await answerOf(stand, request!)
    expect(await answerOf(stand, request!)).toEqual(first)
    expect(stand.calls().map(({ source }) => source)).toEqual(['provider', 'cache'])
  })

  it('answers listing 6 at once where the provider is overloaded: the loop around it has nothing to do', async () => {
    await using stand = await openStand({ ...article(patient), simulator: { scenario: overloadedTwice } })
    await answerOf(stand, readRecording(listingOf(6))[0]!)
    expect(stand.attempts().map(({ outcome }) => outcome.errorCode)).toEqual(['overloaded', 'overloaded', undefined])
  })

  it('keeps no key and no version of the machine in a recording', () => {
    for (const listing of listings) {
      for (const { headers } of readRecording(listing)) {
        expect(Object.keys(headers).filter((name) => !keptHeaders.includes(name))).toEqual([])
        expect(headers['anthropic-version']).toMatch(/^\d{4}-\d\d-\d\d$/)
      }
    }
  })
})

const listingOf = (number: number) => listings.find((listing) => numberOf(listing) === number) ?? ''

const answered = (stand: Stand) => stand.calls().map(({ model, outcome }) => ({ model, ending: outcome.ending }))

/** Sends on what was received. */
async function pass(url: string, { path, headers, body }: Pick<Received, 'path' | 'headers' | 'body'>) {
  const sent = Object.entries(headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name))
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: sent.map(([name, value]) => [name, String(value)]),
    body,
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
