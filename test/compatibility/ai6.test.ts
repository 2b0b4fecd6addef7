import * as kit from 'ai6'
import { createAnthropic } from 'ai6-anthropic'
import { createGoogleGenerativeAI } from 'ai6-google'
import { createOpenAI } from 'ai6-openai'
import { describe } from 'vitest'
import type { AiKit } from './ai-client.ts'
import { type AiMajor, aiWays } from './ai-ways.ts'
import { matrix } from './matrix.ts'

const ways = aiWays({
  major: 6,
  kit: kit as unknown as AiKit,
  packageOf: (name) => `ai6-${name}`,
  picture: (data) => ({ type: 'content', value: [{ type: 'image-data', mediaType: 'image/png', data }] }),
  openai: createOpenAI as unknown as AiMajor['openai'],
  anthropic: createAnthropic as unknown as AiMajor['anthropic'],
  google: createGoogleGenerativeAI as unknown as AiMajor['google'],
})
for (const way of ways) describe(way.name, () => matrix(way))
