import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { defaultGateway } from '../src/config/defaults.ts'
import { type Keys, openKeys } from '../src/open-keys.ts'
import { openStand, type Stand, type StandOptions } from './stand.ts'

/** A stand whose gateway knows stored keys. */
export interface KeyedStand extends AsyncDisposable {
  readonly stand: Stand
  readonly keys: Keys
  /** The state file. */
  readonly statePath: string
  /** Makes a key, as the operator does. */
  create(scope?: Readonly<Record<string, unknown>>): Promise<{ readonly id: string; readonly secret: string }>
  /** Takes the table of keys away, so that the store answers nothing more. */
  loseStore(): void
  /** The official clients, each with this key. */
  clients(secret: string): Clients
}

/** Official clients that do not retry. */
export interface Clients {
  readonly openai: OpenAI
  readonly anthropic: Anthropic
  readonly gemini: GoogleGenAI
}

/** Opens one. */
export async function openKeyedStand(options: StandOptions = {}): Promise<KeyedStand> {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-keyed-'))
  const statePath = join(folder, 'state.db')
  const state = { store: 'sqlite', path: statePath, leaseNanoUsd: 0 } as const
  const keys = await openKeys({ state, gateway: defaultGateway })
  const stand = await openStand({ ...options, gateway: { ring: keys.ring, ...options.gateway } })
  const { url } = stand.gateway
  let made = 0
  return {
    stand,
    keys,
    statePath,
    async create(scope = {}) {
      const { key, secret } = await keys.desk.create({ type: 'operator' }, { name: `key ${++made}`, ...scope })
      return { id: key.id, secret }
    },
    loseStore() {
      const database = new DatabaseSync(statePath)
      database.exec('DROP TABLE access_keys')
      database.close()
    },
    clients: (apiKey) => ({
      openai: new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }),
      anthropic: new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }),
      gemini: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } }),
    }),
    async [Symbol.asyncDispose]() {
      await stand[Symbol.asyncDispose]()
      await keys.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
