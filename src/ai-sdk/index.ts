export { type AiSdkProviderOptions, aiSdkProvider } from './ai-sdk-provider.ts'
export type { InseamCallOptions } from './caller-options.ts'
export { type InseamProvider, inseamProvider, inseamProviderV3 } from './inseam-provider.ts'
export { SeamCallFailed } from './seam-call-failed.ts'
