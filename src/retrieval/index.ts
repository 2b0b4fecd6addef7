export { type DocumentInput, documents } from './documents.ts'
export { createIndexes, type Index, type Indexes } from './indexes.ts'
