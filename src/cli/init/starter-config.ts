import type { Config, Environment } from '../../config.ts'
import { InseamError } from '../../errors/index.ts'
import { ownName } from '../own-name.ts'

/** The text of an `inseam.yaml` to start from: the hosts whose keys are in the environment, and the usual aliases over them. */
export function starterConfig({ providers, aliases }: Pick<Config, 'providers' | 'aliases'>, env: Environment): string {
  if (providers.length === 0)
    throw new InseamError(
      'config-invalid',
      'No key of a known host is in the environment, so there is nothing to write.',
      {
        fix: `Set ANTHROPIC_API_KEY or OPENAI_API_KEY, and run it again. Until then \`${ownName} up\` needs no file.`,
      },
    )
  return `# Who answers, under which names, and within which limits. Check it with: ${ownName} config check
# A changed file is put in force at once; one that cannot be used is refused, and the old one stays.

providers:
${providers.map(({ name, key }) => `  ${name}: { key: "\${${variableOf(key, env)}}" }`).join('\n')}

# The names that your features use. The first target answers; the others are asked where it fails.
models:
${aliases.map(({ name, targets }) => `  ${name}: { targets: [${targets.map(({ provider, model }) => `${provider}/${model}`).join(', ')}] }`).join('\n')}
#  fast: { targets: […], timeout: { total: 20s, firstToken: 4s }, maxOutputTokens: 2000, cache: { ttl: 10m } }

# Where clients send calls. Keys are needed where it listens on more than this machine.
# gateway:
#   port: 4000
#   keys: [{ name: web, key: "\${GATEWAY_KEY}", tenant: web }]

# Where the record of every call is kept.
# events: { path: .inseam/events.db }
`
}

/** The variable that holds a key: what is secret does not go into the file. */
function variableOf(key: string | undefined, env: Environment): string {
  const names = Object.keys(env).filter((name) => env[name]?.trim() === key)
  return names.find((name) => /_(?:API_)?(?:KEY|TOKEN)$/.test(name)) ?? names[0] ?? ''
}
