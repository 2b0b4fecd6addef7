export { type DocumentInput, type Documents, type DocumentsOptions, documents } from './documents.ts'
export type { IndexProgress } from './index-messages.ts'
export { type Chunk, createIndexes, type Index, type Indexes, type IndexesOptions, type Passage } from './indexes.ts'
