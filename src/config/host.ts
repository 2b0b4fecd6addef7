import type { Hosting } from '../wire/hosting.ts'
import type { AwsAccount } from './config.ts'
import type { Environment } from './environment.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

/** One provider as it was written. */
export type WrittenProvider = NonNullable<NonNullable<WrittenConfig['providers']>[string]>

/** What a cloud's kind makes of the fields that only it has. */
export interface Host {
  readonly url: string
  /** Whether it is the host that a key in the environment was made for. */
  readonly takesEnvironmentKey: boolean
  readonly hosting?: Hosting
  readonly aws?: AwsAccount
  /** How many times its published price a model costs here. */
  readonly priceFactor?: number
  readonly deployments?: Readonly<Record<string, string>>
}

/** Resolves the fields of one kind. What is wrong with them it reports. */
export type ResolveHost = (name: string, written: WrittenProvider, env: Environment, report: Report) => Host | 'refused'
