export { encodeError } from '../openai/encode-error.ts'
export { decodeError, failureIn, failureOf } from '../openai/error.ts'
