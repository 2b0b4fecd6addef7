export { createBooks } from './books.ts'
