import { azureEndpoint, azureHost } from './azure-host.ts'
import type { Environment } from './environment.ts'
import type { Host, ResolveHost, WrittenProvider } from './host.ts'
import type { Report } from './report.ts'
import { resolveBedrock } from './resolve-bedrock.ts'
import { resolveVertex } from './resolve-vertex.ts'
import { listed } from './scalar.ts'

/** Where a provider of this kind is, where its kind alone does not say so; undefined for a kind that is a row of the catalogue. */
export function resolveHost(
  kind: string,
  ...[name, written, env, report]: Parameters<ResolveHost>
): Host | 'refused' | undefined {
  return Object.hasOwn(hosts, kind) ? hosts[kind]?.(name, written, env, report) : undefined
}

const hosts: Readonly<Record<string, ResolveHost>> = {
  azure: resolveAzure,
  bedrock: resolveBedrock,
  vertex: resolveVertex,
  'vertex-anthropic': resolveVertex,
}

const kindsWith = {
  resource: ['azure'],
  apiVersion: ['azure'],
  deployments: ['azure'],
  region: ['bedrock'],
  accessKeyId: ['bedrock'],
  secretAccessKey: ['bedrock'],
  sessionToken: ['bedrock'],
  project: ['vertex', 'vertex-anthropic'],
  location: ['vertex', 'vertex-anthropic'],
  credentials: ['vertex', 'vertex-anthropic'],
} as const satisfies Partial<Record<keyof WrittenProvider, readonly string[]>>

/** Says so where a field has no meaning for the provider's kind. */
export function refuseForeignFields(name: string, written: WrittenProvider, report: Report): void {
  const kind = written.kind ?? name
  for (const [field, kinds] of Object.entries(kindsWith)) {
    if (written[field as keyof typeof kindsWith] === undefined || (kinds as readonly string[]).includes(kind)) continue
    report.add(
      ['providers', name, field],
      `Only a provider of kind ${listed(kinds, 'or')} has this.`,
      `Remove it, or write kind: ${kinds[0]}.`,
      'key',
    )
  }
}

function resolveAzure(...[name, written, env, report]: Parameters<ResolveHost>): Host | 'refused' {
  const path = ['providers', name]
  if (written.url !== undefined && written.resource !== undefined) {
    report.add([...path, 'resource'], 'The url says it already.', 'Keep one of them.', 'key')
    return 'refused'
  }
  const host = azureHost(written, env)
  if (!host) {
    const wrong = env.AZURE_OPENAI_ENDPOINT?.trim() ? 'AZURE_OPENAI_ENDPOINT is no address.' : 'Nothing says which one.'
    report.add(
      path,
      `Azure OpenAI is a resource of your own. ${wrong}`,
      'Write resource: NAME or url: https://NAME.openai.azure.com, or set AZURE_OPENAI_ENDPOINT.',
      'key',
    )
    return 'refused'
  }
  return { ...host, takesEnvironmentKey: isAzure(host.url, env) }
}

/** A host of Microsoft's, or the one that the environment names. */
function isAzure(url: string, env: Environment): boolean {
  const { protocol, hostname, origin } = new URL(url)
  const endpoint = azureEndpoint(env)
  if (endpoint !== undefined && new URL(endpoint).origin === origin) return true
  return protocol === 'https:' && /\.azure\.(?:com|us|cn)$/.test(hostname)
}
