import type { AwsAccount } from './config.ts'
import type { Environment } from './environment.ts'
import type { Host, ResolveHost, WrittenProvider } from './host.ts'
import type { Report } from './report.ts'

/** Amazon Bedrock: the address is made of the region, and what no key opens is signed. */
export function resolveBedrock(...[name, written, env, report]: Parameters<ResolveHost>): Host | 'refused' {
  const host = bedrockHost(written, env)
  if (!host) {
    const fix = 'Write region: us-east-1, or set AWS_REGION.'
    report.add(['providers', name], 'Nothing says which region of AWS is asked.', fix, 'key')
    return 'refused'
  }
  return checkKeys(name, written, report) ? host : 'refused'
}

/** The host that is written or that the environment names; undefined where nothing names a region. */
export function bedrockHost(
  written: WrittenProvider,
  env: Environment,
): (Host & { readonly aws: AwsAccount }) | undefined {
  const region = written.region ?? stated(env.AWS_REGION) ?? stated(env.AWS_DEFAULT_REGION) ?? regionIn(written.url)
  if (region === undefined) return undefined
  const keys = writtenKeys(written) ?? environmentKeys(env)
  const url = written.url ?? `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  return { url, takesEnvironmentKey: isAws(url), aws: { region, ...(keys && { keys }) } }
}

/** Reports keys that are half there, or there beside another. */
function checkKeys(name: string, written: WrittenProvider, report: Report): boolean {
  const { key, accessKeyId, secretAccessKey, sessionToken } = written
  const path = ['providers', name]
  if (key !== undefined && (accessKeyId ?? secretAccessKey) !== undefined) {
    report.add([...path, 'key'], 'The access key is a credential already.', 'Keep one of them.', 'key')
    return false
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const missing = accessKeyId === undefined ? 'accessKeyId' : 'secretAccessKey'
    report.add(path, 'Half of an access key opens nothing.', `Write ${missing} beside it.`, 'key')
    return false
  }
  if (sessionToken !== undefined && accessKeyId === undefined) {
    report.add(
      [...path, 'sessionToken'],
      'It belongs to an access key.',
      'Write accessKeyId and secretAccessKey.',
      'key',
    )
    return false
  }
  return true
}

function writtenKeys({ accessKeyId, secretAccessKey, sessionToken }: WrittenProvider): AwsAccount['keys'] {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

/** Where a profile is named, it counts, and AWS's own chain reads it. */
function environmentKeys(env: Environment): AwsAccount['keys'] {
  const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID?.trim(), env.AWS_SECRET_ACCESS_KEY?.trim()]
  if (!accessKeyId || !secretAccessKey || env.AWS_PROFILE?.trim()) return undefined
  const sessionToken = env.AWS_SESSION_TOKEN?.trim()
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

function regionIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(url)?.[1]
}

function isAws(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' && /\.amazonaws\.com(?:\.cn)?$/.test(hostname)
}

function stated(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text !== undefined && /^[a-z]{2}[a-z0-9-]+$/.test(text) ? text : undefined
}
