// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { describe, expect, it, test } from 'vitest'
import { defaultConfig, parseConfig } from '../config.ts'
import { ConfigInvalid } from '../errors/index.ts'
import { secretsIn } from './secrets.ts'

type Environment = Readonly<Record<string, string>>

function provider(text: string, env: Environment = {}) {
  const { providers } = parseConfig(`providers:\n  ${text}`, { env, readFile: () => serviceAccount })
  return providers[0]!
}

function problems(text: string, env: Environment = {}): string[] {
  try {
    parseConfig(`providers:\n  ${text}`, { env, readFile: () => serviceAccount })
  } catch (error) {
    if (error instanceof ConfigInvalid) {
      return error.problems.map(({ line, path, message, fix }) => `${line} ${path}: ${message} ${fix}`)
    }
    throw error
  }
  return []
}

const serviceAccount = JSON.stringify({
  type: 'service_account',
  project_id: 'from-the-file',
  client_email: 'a@b',
  private_key: '-----BEGIN PRIVATE KEY-----\nkey-canary\n-----END PRIVATE KEY-----\n',
})

describe('azure', () => {
  it('is asked at its v1 API, by the resource or by the address in any of its forms', () => {
    const url = 'https://res.openai.azure.com/openai/v1'
    for (const place of [
      'resource: res',
      'url: "https://res.openai.azure.com"',
      'url: "https://res.openai.azure.com/openai/"',
      `url: "${url}/"`,
    ])
      expect(provider(`azure: { ${place}, key: secret-key }`)).toMatchObject({
        url,
        auth: 'api-key',
        key: 'secret-key',
      })
    expect(provider('azure: { resource: res, key: k }').hosting).toBeUndefined()
  })

  it('is asked at its dated API where a version is written, in either of its dialects', () => {
    const chat = provider('azure: { resource: res, key: k, apiVersion: "2025-04-01-preview" }')
    expect(chat).toMatchObject({
      url: 'https://res.openai.azure.com/openai',
      dialect: 'openai-chat',
      hosting: { type: 'azure', apiVersion: '2025-04-01-preview' },
      quirks: { maxTokensField: 'max_completion_tokens', developerRole: true },
    })
    expect(provider('azure: { resource: res, key: k, dialect: openai-responses }')).toMatchObject({
      url: 'https://res.openai.azure.com/openai/v1',
      dialect: 'openai-responses',
      auth: 'api-key',
    })
  })

  it('takes what is not written from the variables of the SDK', () => {
    const env = {
      AZURE_OPENAI_API_KEY: 'env-key',
      AZURE_OPENAI_ENDPOINT: 'https://env.openai.azure.com/',
      OPENAI_API_VERSION: '2024-10-21',
    }
    const found = {
      name: 'azure',
      kind: 'azure',
      url: 'https://env.openai.azure.com/openai',
      key: 'env-key',
      auth: 'api-key',
      hosting: { type: 'azure', apiVersion: '2024-10-21' },
      deployments: {},
    }
    expect(provider('azure: {}', env)).toMatchObject(found)
    expect(defaultConfig(env).providers).toMatchObject([found])
    expect(defaultConfig({ AZURE_OPENAI_API_KEY: 'env-key' }).providers).toEqual([])
  })

  it('shows a token of Entra ID as a bearer', () => {
    expect(provider('azure: { resource: res, key: token, auth: bearer }').auth).toBe('bearer')
  })

  it("gives the environment's key to a host of Microsoft's, to the one that the environment names, and to no other", () => {
    const env = { AZURE_OPENAI_API_KEY: 'env-key', AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:9/x' }
    expect(provider('azure: { url: "https://res.cognitiveservices.azure.com" }', env).key).toBe('env-key')
    expect(provider('azure: { url: "http://127.0.0.1:9" }', env).key).toBe('env-key')
    for (const url of ['https://elsewhere.test', 'https://res.azure.com.elsewhere.test', 'http://res.azure.com'])
      expect(provider(`azure: { url: "${url}" }`, env)).toMatchObject({ auth: 'none' })
  })

  it('names the models that its deployments serve', () => {
    expect(provider('azure: { resource: r, key: k, deployments: { mine: gpt-5.4-mini } }')).toMatchObject({
      deployments: { mine: 'gpt-5.4-mini' },
      models: ['mine'],
    })
  })

  test('what is wrong with it is said with its line and what to write', () => {
    expect(problems('azure: { key: k }')).toEqual([
      '2 providers.azure: Azure OpenAI is a resource of your own. Nothing says which one. Write resource: NAME or url: https://NAME.openai.azure.com, or set AZURE_OPENAI_ENDPOINT.',
    ])
    expect(problems('azure: { key: k }', { AZURE_OPENAI_ENDPOINT: 'res' })[0]).toContain('is no address')
    expect(problems('azure: { resource: r }')).toEqual([
      '2 providers.azure: Azure OpenAI needs a key, and there is none. Set AZURE_OPENAI_API_KEY, or write key: "${AZURE_OPENAI_API_KEY}".',
    ])
    expect(problems('azure: { resource: r, url: "https://h", key: k }')[0]).toContain('The url says it already.')
    expect(problems('azure: { resource: r.openai.azure.com, key: k }')[0]).toContain('before .openai.azure.com')
    expect(problems('azure: { resource: r, key: k, apiVersion: v1 }')[0]).toContain('leave it out for the v1 API')
    expect(problems('openai: { key: k, deployments: { a: b }, location: eu }')).toEqual([
      '2 providers.openai.deployments: Only a provider of kind azure has this. Remove it, or write kind: azure.',
      '2 providers.openai.location: Only a provider of kind vertex or vertex-anthropic has this. Remove it, or write kind: vertex.',
    ])
  })
})

describe('vertex', () => {
  it('is asked where its project and location say', () => {
    for (const [location, host] of [
      ['global', 'https://aiplatform.googleapis.com'],
      ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
      ['us-east5', 'https://us-east5-aiplatform.googleapis.com'],
    ]) {
      expect(provider(`vertex: { project: p, location: ${location} }`)).toMatchObject({
        url: `${host}/v1beta1/projects/p/locations/${location}/publishers/google`,
        dialect: 'gemini',
        auth: 'google',
        hosting: { type: 'vertex' },
      })
      expect(provider(`claude: { kind: vertex-anthropic, project: p, location: ${location} }`)).toMatchObject({
        url: `${host}/v1/projects/p/locations/${location}/publishers/anthropic`,
        dialect: 'anthropic-messages',
        auth: 'google',
        hosting: { type: 'vertex' },
      })
    }
  })

  it('costs a tenth more for Claude where it is said in which region it runs', () => {
    const factorAt = (kind: string, location: string) =>
      provider(`some: { kind: ${kind}, project: p, location: ${location} }`).priceFactor
    expect(factorAt('vertex-anthropic', 'us-east5')).toBe(1.1)
    expect(factorAt('vertex-anthropic', 'eu')).toBe(1.1)
    expect(factorAt('vertex-anthropic', 'global')).toBeUndefined()
    expect(factorAt('vertex', 'us-east5')).toBeUndefined()
  })

  it('takes the project from the environment, or from the credentials', () => {
    const env = { GOOGLE_CLOUD_PROJECT: 'env', GOOGLE_CLOUD_LOCATION: 'us', CLOUD_ML_REGION: 'europe-west1' }
    expect(provider('vertex: {}', env).url).toContain('/projects/env/locations/us/')
    expect(provider('vertex-anthropic: {}', env).url).toContain('/projects/env/locations/europe-west1/')
    const written = provider('vertex: { location: us, credentials: "${file:/run/secrets/sa.json}" }')
    expect(written).toMatchObject({ auth: 'google', credentials: serviceAccount })
    expect(written.url).toContain('/projects/from-the-file/')
  })

  it('is there when it is written, and not by environment alone', () => {
    expect(defaultConfig({ GOOGLE_CLOUD_PROJECT: 'env', GOOGLE_CLOUD_LOCATION: 'us' }).providers).toEqual([])
  })

  it('shows a key as a bearer token', () => {
    const { auth, key, credentials } = provider('vertex: { project: p, location: us, key: ya29.token }')
    expect({ auth, key, credentials }).toEqual({ auth: 'bearer', key: 'ya29.token', credentials: undefined })
  })

  test('what is wrong with it is said with its line and what to write', () => {
    expect(problems('vertex: { location: us }')).toEqual([
      '2 providers.vertex: Nothing names the Google Cloud project. Write project: or set GOOGLE_CLOUD_PROJECT.',
    ])
    expect(problems('vertex: { project: p }')[0]).toContain('Write location: global, us, eu or a region.')
    expect(problems('vertex: { project: p, location: us, key: k, credentials: "${file:/sa}" }')[0]).toContain(
      'Keep one of them.',
    )
    expect(problems('vertex: { project: p, location: us, url: "https://elsewhere.test" }')).toEqual([
      '2 providers.vertex.url: The application default credentials go to Google alone. Write credentials, or a key, that this host may see.',
    ])
    const broken = problems('vertex: { project: p, location: us, credentials: "key-canary" }')
    expect(broken[0]).toContain('"${file:/run/secrets/service-account.json}"')
    expect(broken.join()).not.toContain('key-canary')
  })

  test('the private key is a secret, in each form that it may have in a text', () => {
    const config = parseConfig('providers:\n  vertex: { location: us, credentials: "${file:/sa}" }', {
      env: {},
      readFile: () => serviceAccount,
    })
    const secrets = secretsIn(config)
    expect(secrets).toContain(JSON.parse(serviceAccount).private_key)
    expect(secrets).toContain(serviceAccount)
    expect(secrets.some((secret) => secret.includes('BEGIN PRIVATE KEY-----\\nkey-canary\\n'))).toBe(true)
  })
})

describe('bedrock', () => {
  const env = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret-canary' }

  it('is asked in its region, with a key as a bearer token', () => {
    const token = { AWS_DEFAULT_REGION: 'us-west-2', AWS_BEARER_TOKEN_BEDROCK: 'token-canary' }
    expect(provider('bedrock: {}', token)).toMatchObject({
      url: 'https://bedrock-runtime.us-west-2.amazonaws.com',
      dialect: 'bedrock-converse',
      auth: 'bearer',
      key: 'token-canary',
    })
    expect(provider('eu: { kind: bedrock, region: eu-west-1, key: k }', env)).toMatchObject({
      url: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
      auth: 'bearer',
      key: 'k',
    })
    expect(provider('bedrock: { region: cn-north-1, key: k }').url).toBe(
      'https://bedrock-runtime.cn-north-1.amazonaws.com.cn',
    )
    expect(defaultConfig(token).providers).toMatchObject([{ name: 'bedrock', auth: 'bearer', key: 'token-canary' }])
    expect(defaultConfig({ AWS_BEARER_TOKEN_BEDROCK: 'token-canary' }).providers).toEqual([])
  })

  it('is signed for without one: by keys that are written, those of the environment, or what AWS finds', () => {
    const keys = 'accessKeyId: A, secretAccessKey: S, sessionToken: T'
    expect(provider(`bedrock: { region: us-east-1, ${keys} }`, env)).toMatchObject({
      auth: 'aws',
      aws: { region: 'us-east-1', keys: { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' } },
    })
    expect(provider('bedrock: {}', env).aws).toEqual({
      region: 'eu-central-1',
      keys: { accessKeyId: 'AKID', secretAccessKey: 'secret-canary' },
    })
    expect(provider('bedrock: {}', { ...env, AWS_PROFILE: 'work' }).aws).toEqual({ region: 'eu-central-1' })
    expect(provider('bedrock: { region: us-east-1, key: k }', env).aws).toBeUndefined()
    expect(defaultConfig(env).providers).toEqual([])
  })

  it('shows the token of the environment to AWS alone, and reads the region out of an address', () => {
    const token = { AWS_BEARER_TOKEN_BEDROCK: 'token-canary' }
    const endpoint = 'https://vpce-1.bedrock-runtime.us-east-2.vpce.amazonaws.com'
    expect(provider(`bedrock: { url: "${endpoint}" }`, token)).toMatchObject({ url: endpoint, key: 'token-canary' })
    const elsewhere = provider('bedrock: { url: "http://127.0.0.1:9", region: us-east-1 }', token)
    expect([elsewhere.key, elsewhere.auth, elsewhere.aws]).toEqual([undefined, 'aws', { region: 'us-east-1' }])
  })

  test('what is wrong with it is said with its line and what to write', () => {
    expect(problems('bedrock: { key: k }')).toEqual([
      '2 providers.bedrock: Nothing says which region of AWS is asked. Write region: us-east-1, or set AWS_REGION.',
    ])
    expect(problems('bedrock: { region: us-east-1, accessKeyId: A }')).toEqual([
      '2 providers.bedrock: Half of an access key opens nothing. Write secretAccessKey beside it.',
    ])
    expect(problems('bedrock: { region: us-east-1, key: k, accessKeyId: A, secretAccessKey: S }')[0]).toContain(
      'Keep one of them.',
    )
    expect(problems('bedrock: { region: us-east-1, sessionToken: T }')[0]).toContain('Write accessKeyId')
    expect(problems('openai: { key: k, region: us-east-1 }')[0]).toContain('Only a provider of kind bedrock has this.')
    expect(problems('bedrock: { region: "US East" }')[0]).toContain('Write a region of AWS')
  })

  test('what signs is a secret', () => {
    const config = parseConfig('providers:\n  bedrock: {}', { env: { ...env, AWS_SESSION_TOKEN: 'session-canary' } })
    expect(secretsIn(config)).toEqual(expect.arrayContaining(['secret-canary', 'session-canary']))
    expect(secretsIn(config)).not.toContain('AKID')
  })
})
