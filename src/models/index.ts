export { createBooks } from './books.ts'
export { structureOfModel } from './structure-of-model.ts'
