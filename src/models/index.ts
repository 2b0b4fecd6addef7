export { createBooks } from './books.ts'
export { estimateTokens } from './estimate-tokens.ts'
export { findModel } from './known-models.ts'
export { structureOfModel } from './structure-of-model.ts'
