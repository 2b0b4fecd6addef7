import { defineConfig } from 'vitest/config'
import { countReporter } from './scripts/count-reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    reporters: ['default', countReporter()],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
