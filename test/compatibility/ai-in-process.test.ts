import * as kit from 'ai'
import * as kit6 from 'ai6'
import { describe } from 'vitest'
import { inseamProvider, inseamProviderV3 } from '../../src/ai-sdk/index.ts'
import type { Stand } from '../stand.ts'
import { type AiKit, type AiWay, aiClient } from './ai-client.ts'
import { matrix } from './matrix.ts'

let stand: Stand
const common = {
  overHttp: false,
  about:
    'In one process with the seam, no gateway between: `generateText` and `streamText` with tools and `stopWhen`, `Output.object`, `abortSignal`; retries at their default.',
  think: { inseam: { reasoning: { mode: 'on', budgetTokens: 2_048 } } },
} as const

const ways: AiWay[] = [
  {
    ...common,
    name: 'ai 7, by inseam/ai-sdk',
    packages: ['ai'],
    kit,
    model: ({ model }, behaviour) => inseamProvider(stand.seam).languageModel(model(behaviour)),
    picture: (data) => ({
      type: 'content',
      value: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data } }],
    }),
  },
  {
    ...common,
    name: 'ai 6, by inseam/ai-sdk',
    packages: ['ai6'],
    kit: kit6 as unknown as AiKit,
    model: ({ model }, behaviour) => inseamProviderV3(stand.seam).languageModel(model(behaviour)),
    picture: (data) => ({ type: 'content', value: [{ type: 'image-data', mediaType: 'image/png', data }] }),
  },
]
for (const way of ways)
  describe(way.name, () =>
    matrix(aiClient(way), (opened) => {
      stand = opened
    }),
  )
