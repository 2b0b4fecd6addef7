import { type InitFacts, usualChange } from './init-text.ts'

/** What `inseam init --json` prints. */
export function changesAsJson({ gateway, found, isCut, written }: InitFacts) {
  return {
    gateway,
    sdks: found.map(({ sdk, evidence, constructions }) => ({
      package: sdk.package,
      language: sdk.language,
      evidence,
      constructions,
      change: usualChange(sdk, gateway),
      variable: sdk.variable?.(gateway),
      note: sdk.note,
    })),
    isCut,
    written,
  }
}
