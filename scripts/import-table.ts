/** What one room may import, beside its own files. */
export interface RoomRule {
  /**
   * Rooms, or single files of them (`providers/catalogue`, `simulator/index`). `type wire`: its types only.
   * Everything of every room: `*`.
   */
  readonly rooms: readonly string[]
  /** npm packages; tests may use any. */
  readonly packages?: readonly string[]
  /** Node's own modules, which a room that is pure does without. */
  readonly node?: false
}

const leaves = ['core', 'errors', 'models', 'wire', 'structured']
const middle = ['stages', 'providers', 'stores', 'decide', 'retrieval', 'tools']
const entries = [
  'index',
  'ai-sdk/index',
  'config',
  'errors/index',
  'evals/index',
  'gateway/index',
  'keys/index',
  'patterns/index',
  'retrieval/index',
  'simulator/index',
  'stores/memory/index',
  'stores/postgres/index',
  'stores/redis/index',
  'stores/sqlite/index',
  'telemetry/index',
]

/**
 * The architecture, as data: `design.md`, section 3. A room is a folder of `src/`, or a file at its top
 * (`create-seam.ts`); `config.ts` and `config/` are one room. Imports point down, and type imports count.
 */
export const importTable: Readonly<Record<string, RoomRule>> = {
  core: { rooms: [], node: false },
  errors: { rooms: ['core'], node: false },
  models: { rooms: ['core', 'errors'] },
  wire: { rooms: ['core', 'errors'] },
  structured: { rooms: ['core', 'errors'], packages: ['ajv'] },
  sqlite: { rooms: [] },
  keys: { rooms: ['core', 'errors'] },
  webhooks: { rooms: ['core', 'errors'] },
  stages: { rooms: ['core', 'errors', 'models', 'structured'] },
  providers: {
    rooms: ['core', 'errors', 'models', 'wire', 'stages/interruptible'],
    packages: [
      'undici',
      'google-auth-library',
      '@smithy/signature-v4',
      '@aws-crypto/sha256-js',
      '@aws-sdk/credential-provider-node',
    ],
  },
  stores: {
    rooms: [...leaves, 'sqlite', 'keys'],
    packages: ['lru-cache', 'pg', 'pg-copy-streams', 'redis'],
  },
  decide: { rooms: leaves },
  retrieval: { rooms: [...leaves, 'sqlite'], packages: ['htmlparser2'] },
  tools: { rooms: leaves },
  patterns: { rooms: [...leaves, ...middle] },
  'ai-sdk': { rooms: ['core', 'errors', 'wire', 'stages/interruptible'], packages: ['@ai-sdk/provider'] },
  evals: { rooms: [...leaves, ...middle, 'patterns'], packages: ['csv-parse'] },
  config: {
    rooms: ['core', 'errors', 'type wire', 'providers/catalogue', 'keys/address-range', 'webhooks/key-of-secret'],
    packages: ['yaml', 'zod'],
  },
  telemetry: { rooms: ['core'] },
  gateway: { rooms: ['core', 'errors', 'keys', 'wire', 'patterns', 'config', 'type create-seam'], packages: ['pino'] },
  admin: {
    rooms: [
      'core',
      'errors',
      'keys',
      'stores',
      'telemetry',
      'config',
      'type create-seam',
      'type evals',
      'type simulator',
    ],
  },
  simulator: {
    rooms: [],
    packages: [
      'zod',
      'openai',
      '@anthropic-ai/sdk',
      '@google/genai',
      '@aws-sdk/client-bedrock-runtime',
      '@peculiar/x509',
      'reflect-metadata',
    ],
  },
  'open-provider': { rooms: ['core', 'wire', 'providers', 'config'] },
  'served-provider': { rooms: ['core', 'models', 'providers', 'config', 'open-provider'] },
  'open-catalogue': { rooms: ['core', 'errors', 'models', 'config', 'served-provider'] },
  'create-seam': { rooms: [...leaves, ...middle, 'patterns', 'telemetry', 'config', 'webhooks', 'open-catalogue'] },
  'open-seam': { rooms: ['core', 'errors', 'stores', 'telemetry', 'config', 'simulator/index', 'create-seam'] },
  'open-keys': { rooms: ['core', 'errors', 'stores', 'keys', 'config'] },
  index: { rooms: ['*'] },
  cli: {
    rooms: [
      ...entries,
      'admin/index',
      'core',
      'gateway/refuse-open-house',
      'models/index',
      'open-keys',
      'package',
      'stores/open-ledger',
    ],
    packages: ['commander', 'pino', 'yaml', 'zod'],
  },
  examples: { rooms: entries },
  bench: { rooms: [...entries, 'core', 'structured/json-reader', 'wire/codecs'] },
}

/** What tests may import beside their own room and what that room may: failures come from here, time stands still, and a ledger and a limiter count. */
export const importsOfTests: readonly string[] = ['simulator/index', 'core/virtual-clock', 'stores/memory/index']
