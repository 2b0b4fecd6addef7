import { startSimulator } from 'inseam/simulator'

/** An application of your own: it answers, or says that it cannot, and leaves a provider that fails alone for ten seconds. */
function createHelpDesk(options: { readonly baseUrl: string; readonly now: () => number }) {
  let restsUntil = 0
  return async (question: string): Promise<string> => {
    if (options.now() < restsUntil) return 'Please come back in a moment.'
    const response = await fetch(`${options.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-key', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: question }] }),
    })
    if (!response.ok) {
      await response.body?.cancel()
      restsUntil = options.now() + 10_000
      return 'Please come back in a moment.'
    }
    const { choices } = (await response.json()) as { readonly choices: readonly [{ message: { content: string } }] }
    return choices[0].message.content
  }
}

// The provider is down from second 30 to second 90. Its clock and the application's are ours: two minutes pass in no time.
let now = 0
await using simulator = await startSimulator({
  scenario: { rules: [{ when: { time: { from: '30s', until: '90s' } }, fault: { type: 'unavailable' } }] },
  now: () => now,
})
const ask = createHelpDesk({ baseUrl: `${simulator.url}/v1`, now: () => now })
const answers: string[] = []
for (; now < 120_000; now += 5000) answers.push(await ask('Where is my parcel?'))

// What customers saw, what arrived at the provider, and what it costs.
const turnedAway = answers.filter((answer) => answer.includes('come back'))
const log = simulator.log()
const failed = log.filter(({ status }) => status === 503)
const { totals } = simulator.invoice()
console.log(`${answers.length} customers, ${turnedAway.length} turned away`)
console.log(`${log.length} requests, ${failed.length} in vain, at ${failed.map(({ startedAt }) => startedAt / 1000)} s`)
console.log(`$${(totals.costNanoUsd / 1e9).toFixed(6)} in all, $${costOf(failed) / 1e9} for what failed`)
console.assert(log.length - failed.length === answers.length - turnedAway.length)
console.assert(costOf(log) === totals.costNanoUsd)

function costOf(attempts: typeof log): number {
  return attempts.reduce((sum, { billed }) => sum + (billed?.costNanoUsd ?? 0), 0)
}
