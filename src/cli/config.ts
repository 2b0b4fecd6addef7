import type { Command } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { openSeam } from '../index.ts'
import { loadFeatures } from '../patterns/index.ts'
import { createMemoryEventSink } from '../stores/memory/index.ts'

/** `inseam config check`: says whether a configuration can be used, before it is put in force. */
export function configCommand(program: Command): void {
  program
    .command('config')
    .description('Look at the configuration.')
    .command('check')
    .description('Check a configuration file: every problem with its line and its fix.')
    .argument('[file]', 'the file', 'inseam.yaml')
    .option('--json', 'print the resolved configuration, without its secrets')
    .action(check)
}

async function check(file: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const config = await loadConfig({ path: file })
  const features = await loadFeatures(config.features)
  // What only its opening shows, such as an alias over two models of vectors. Nothing is asked of a provider.
  await (await openSeam({ config, events: createMemoryEventSink({ capacity: 0 }) })).close()
  if (json) console.log(JSON.stringify(withoutSecrets(config), undefined, 2))
  else {
    const parts = [
      counted(config.providers, 'provider', 'providers'),
      counted(config.aliases, 'alias', 'aliases'),
      ...(features.length > 0 ? [counted(features, 'feature', 'features')] : []),
    ]
    console.log(`${file} can be used: ${parts.join(', ')}.`)
  }
}

const counted = ({ length }: readonly unknown[], one: string, many: string) => `${length} ${length === 1 ? one : many}`

function withoutSecrets(config: Config): unknown {
  const hidden = '[hidden]'
  return {
    ...config,
    providers: config.providers.map((provider) => ({
      ...provider,
      key: provider.key && hidden,
      ...(provider.credentials !== undefined && { credentials: hidden }),
      ...(provider.aws?.keys && { aws: { ...provider.aws, keys: hidden } }),
      headers: Object.fromEntries(Object.keys(provider.headers).map((name) => [name, hidden])),
    })),
    events: config.events.postgres
      ? { ...config.events, postgres: { ...config.events.postgres, url: hidden } }
      : config.events,
    state: config.state.store === 'postgres' ? { ...config.state, url: hidden } : config.state,
    ...(config.redis && { redis: { ...config.redis, url: hidden } }),
    webhooks: config.webhooks.map((webhook) => ({ ...webhook, url: hidden, secret: hidden })),
    admin: config.admin && { ...config.admin, ...(config.admin.token && { token: hidden }) },
    gateway: { ...config.gateway, keys: config.gateway.keys.map((key) => ({ ...key, key: hidden })) },
  }
}
