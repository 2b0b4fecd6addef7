export { defaultAliasPolicy, timeoutProfiles } from './config/alias-policy.ts'
export type {
  AdminConfig,
  AliasConfig,
  AliasPolicy,
  CacheConfig,
  Config,
  EventsConfig,
  GatewayConfig,
  GatewayKeyConfig,
  PriceConfig,
  ProviderConfig,
  RedisConfig,
  StateConfig,
  TargetConfig,
} from './config/config.ts'
export { type DefaultConfigOptions, defaultConfig, type LocalServer } from './config/defaults.ts'
export type { Environment } from './config/environment.ts'
export { type LoadOptions, loadConfig } from './config/load-config.ts'
export { type ParseOptions, parseConfig } from './config/parse-config.ts'
export { parsePriceFile } from './config/read-price-file.ts'
