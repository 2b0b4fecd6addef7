export { createBooks } from './books.ts'
export { estimateTokens } from './estimate-tokens.ts'
export { structureOfModel } from './structure-of-model.ts'
