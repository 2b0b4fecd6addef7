import { feature, formatCost, openSeam, prompt } from 'inseam'
import { loadConfig } from 'inseam/config'

const summarise = feature({
  name: 'summarise-ticket',
  model: 'fast',
  prompt: ({ ticket }: { ticket: string }) => prompt`Summarise this support ticket in one sentence.\n\n${ticket}`,
})

// An operator's line in inseam.yaml, `fast: { cache: { ttl: 1h } }`, written here as code: no feature knows of it.
const config = await loadConfig()
const aliases = config.aliases.map((alias) => ({ ...alias, cache: { ttlSeconds: 3600 } }))
const seam = await openSeam({ config: { ...config, aliases } })

for (let time = 1; time <= 2; time++) {
  const { text, source, cost } = await seam.complete(summarise, { ticket: 'The lamp arrived without its bulb.' })
  console.log(`${source}, ${formatCost(cost)}: ${text}`)
}
await seam.close()
