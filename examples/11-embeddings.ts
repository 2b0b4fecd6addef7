import { openSeam } from 'inseam'
import { loadConfig } from 'inseam/config'

// What an operator writes in inseam.yaml, `vectors: { targets: [openai/text-embedding-3-small], cache: { ttl: 24h } }`, as code.
const usual: Record<string, string> = {
  openai: 'text-embedding-3-small',
  google: 'gemini-embedding-001',
  simulator: 'sim-embed',
}
const config = await loadConfig()
const targets = config.providers.flatMap(({ name }) =>
  usual[name] ? [{ provider: name, model: usual[name], weight: 1 }] : [],
)
const vectors = { ...config.aliases[0]!, name: 'vectors', targets: targets.slice(0, 1), cache: { ttlSeconds: 86_400 } }
const seam = await openSeam({ config: { ...config, aliases: [vectors] } })

const articles = ['How refunds are paid', 'Tracking a parcel', 'Changing the password']
const library = await seam.embed(articles, { model: 'vectors', feature: 'search' })
// One text is new; the others are kept, and cost nothing.
const { vectors: all, usage } = await seam.embed([...articles, 'Where is my parcel?'], {
  model: 'vectors',
  feature: 'search',
})

const nearness = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, number, at) => sum + number * right[at]!, 0)
const question = all.at(-1)!
const [nearest] = articles
  .map((title, at) => ({ title, near: nearness(question, all[at]!) }))
  .sort((a, b) => b.near - a.near)
console.log(nearest?.title)
console.log(`${library.usage.inputUncached} tokens, then ${usage.inputUncached}`)
await seam.close()
