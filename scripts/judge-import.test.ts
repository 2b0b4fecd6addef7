import { expect, test } from 'vitest'
import { judgeImport } from './judge-import.ts'
import type { Import } from './read-imports.ts'

const judge = (file: string, specifier: string, kind: Import['kind'] = 'value') =>
  judgeImport(file, { specifier, kind, line: 1 }, new Set(['undici', 'zod']))

test.for([
  ['src/errors/codes.ts', '../core/cost.ts'],
  ['src/stages/retry.ts', './back-off.ts'],
  ['src/config.ts', './config/schema.ts'],
  ['src/config/schema.ts', '../providers/catalogue.ts'],
  ['src/create-seam.ts', './stages/retry.ts'],
  ['src/index.ts', './create-seam.ts'],
  ['src/cli/main.ts', '../index.ts'],
  ['src/providers/http.ts', 'undici'],
  ['src/gateway/serve.ts', 'node:http'],
  ['src/stages/retry.test.ts', '../core/virtual-clock.ts'],
  ['src/stages/retry.test.ts', '../simulator/index.ts'],
  ['src/stages/retry.test.ts', 'fast-check'],
])('%s may import %s', ([file, specifier]) => {
  expect(judge(file!, specifier!)).toBeUndefined()
})

test.for([
  ['src/core/call.ts', '../errors/index.ts', 'core may import no other room'],
  ['src/core/call.ts', 'node:fs', 'core imports nothing of Node'],
  ['src/stages/retry.ts', '../providers/http.ts', 'stages may import only core, errors, models'],
  ['src/simulator/serve.ts', '../wire/sse.ts', 'simulator may import no other room'],
  ['src/config/schema.ts', '../providers/http.ts', 'config may import only'],
  ['src/patterns/feature.ts', '../create-seam.ts', 'patterns may import only'],
  ['src/cli/main.ts', '../stages/retry.ts', 'cli may import only'],
  ['src/stages/retry.ts', './retry.test.ts', 'only tests import tests'],
  ['src/stages/retry.test.ts', '../providers/http.ts', 'tests of stages may import only'],
  ['src/stages/retry.ts', 'undici', 'stages may import no package'],
  ['src/simulator/serve.ts', 'openai', 'only its types may be imported'],
  ['src/unheard-of/file.ts', '../core/call.ts', 'not in scripts/import-table.ts'],
])('%s may not import %s', ([file, specifier, rule]) => {
  expect(judge(file!, specifier!)).toContain(rule)
})

test('where the table allows types only, a value is refused', () => {
  expect(judge('src/gateway/serve.ts', '../create-seam.ts', 'type')).toBeUndefined()
  expect(judge('src/gateway/serve.ts', '../create-seam.ts')).toContain('type create-seam')
})
