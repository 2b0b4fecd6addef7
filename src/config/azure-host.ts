import type { Hosting } from '../wire/hosting.ts'
import type { Environment } from './environment.ts'

/** Where Azure OpenAI is asked, and how. */
export interface AzureHost {
  readonly url: string
  readonly hosting?: Hosting
  readonly deployments: Readonly<Record<string, string>>
}

/** What an operator writes of it. */
export interface WrittenAzure {
  readonly url?: string | undefined
  readonly resource?: string | undefined
  readonly apiVersion?: string | undefined
  readonly deployments?: Readonly<Record<string, string>> | undefined
}

/**
 * The v1 API of a resource, or the dated one where a version is named. What is not written comes from the variables that OpenAI's
 * SDK reads, and AZURE_OPENAI_API_VERSION. Undefined where nothing says which resource it is.
 */
export function azureHost(
  { url, resource, apiVersion, deployments = {} }: WrittenAzure,
  env: Environment,
): AzureHost | undefined {
  const isWritten = url !== undefined || resource !== undefined
  const endpoint = resource === undefined ? (url ?? azureEndpoint(env)) : `https://${resource}.openai.azure.com`
  if (endpoint === undefined) return undefined
  // The version of the environment belongs to its endpoint.
  const version = apiVersion ?? (isWritten ? undefined : stated(env.OPENAI_API_VERSION ?? env.AZURE_OPENAI_API_VERSION))
  const below = endpoint.replace(/(?:\/openai(?:\/v1)?)?\/*$/, '')
  return {
    url: version === undefined ? `${below}/openai/v1` : `${below}/openai`,
    ...(version !== undefined && { hosting: { type: 'azure', apiVersion: version } }),
    deployments,
  }
}

/** The endpoint that the environment names, where it is an address. */
export function azureEndpoint(env: Environment): string | undefined {
  const endpoint = stated(env.AZURE_OPENAI_ENDPOINT)
  return endpoint !== undefined && /^https?:\/\//.test(endpoint) && URL.canParse(endpoint) ? endpoint : undefined
}

function stated(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text === '' ? undefined : text
}
