import type { Dialect } from '../dialect.ts'
import { checkGenerateRequest } from './check.ts'
import { generateCount } from './count.ts'
import { generateErrorBody, generateErrorFrame } from './error.ts'
import { generateFrames } from './frames.ts'
import { readGenerateRequest } from './read.ts'
import { generateReply } from './reply.ts'

/** Google's generateContent and streamGenerateContent, as `@google/genai` 3 reads them. */
export const gemini: Dialect = {
  name: 'gemini',
  check: checkGenerateRequest,
  read: readGenerateRequest,
  counting: generateCount,
  reply: generateReply,
  frames: generateFrames,
  errorBody: generateErrorBody,
  errorFrame: generateErrorFrame,
  keepAlive: ': keep-alive\n\n',
  headers: () => ({ server: 'scaffolding on HTTPServer2', vary: 'X-Origin' }),
}
