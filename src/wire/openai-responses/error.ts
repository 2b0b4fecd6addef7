export { encodeError } from '../openai/encode-error.ts'
export { decodeError } from '../openai/error.ts'
