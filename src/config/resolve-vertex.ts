import { projectOfCredential } from './google-credential.ts'
import type { Host, ResolveHost } from './host.ts'

/** Gemini or Claude on Vertex AI: the address is made of the project and of the place where the model runs. */
export function resolveVertex(...[name, written, env, report]: Parameters<ResolveHost>): Host | 'refused' {
  const path = ['providers', name]
  const isClaude = (written.kind ?? name) === 'vertex-anthropic'
  const { credentials, key, url } = written
  const project =
    written.project ??
    stated(isClaude ? env.ANTHROPIC_VERTEX_PROJECT_ID : undefined) ??
    stated(env.GOOGLE_CLOUD_PROJECT) ??
    (credentials === undefined ? undefined : projectOfCredential(credentials))
  const location =
    written.location ?? stated(isClaude ? env.CLOUD_ML_REGION : undefined) ?? stated(env.GOOGLE_CLOUD_LOCATION)
  if (project === undefined)
    report.add(path, 'Nothing names the Google Cloud project.', 'Write project: or set GOOGLE_CLOUD_PROJECT.', 'key')
  else if (location === undefined)
    report.add(path, 'Nothing says where the model runs.', 'Write location: global, us, eu or a region.', 'key')
  else if (credentials !== undefined && key !== undefined)
    report.add([...path, 'credentials'], 'The key is a credential already.', 'Keep one of them.', 'key')
  else if (url !== undefined && credentials === undefined && key === undefined && !isGoogle(url))
    // What the environment holds was made for Google, and opens all that the account may do there.
    report.add(
      [...path, 'url'],
      'The application default credentials go to Google alone.',
      'Write credentials, or a key, that this host may see.',
    )
  else {
    const host = url ?? usualHost(location)
    const [version, publisher] = isClaude ? ['v1', 'anthropic'] : ['v1beta1', 'google']
    return {
      url: `${host}/${version}/projects/${project}/locations/${location}/publishers/${publisher}`,
      hosting: { type: 'vertex' },
      ...(isClaude && location !== 'global' && { priceFactor: regionalFactor }),
      takesEnvironmentKey: false,
    }
  }
  return 'refused'
}

/** Claude 4.5 and later cost a tenth more where it is said in which region they run (Anthropic's price list, November 2026). */
const regionalFactor = 1.1

/** As in @google/genai 3.1 and @anthropic-ai/vertex-sdk. */
function usualHost(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

function isGoogle(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' && hostname.endsWith('.googleapis.com')
}

function stated(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text !== undefined && /^[\w.:-]+$/.test(text) ? text : undefined
}
