import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import * as kit from 'ai'
import { describe } from 'vitest'
import { aiWays } from './ai-ways.ts'
import { matrix } from './matrix.ts'

const ways = aiWays({
  major: 7,
  kit,
  packageOf: (name) => `@ai-sdk/${name}`,
  picture: (data) => ({
    type: 'content',
    value: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data } }],
  }),
  openai: createOpenAI,
  anthropic: createAnthropic,
  google: createGoogle,
  compatible: createOpenAICompatible,
})
for (const way of ways) describe(way.name, () => matrix(way))
