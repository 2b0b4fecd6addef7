import { defineConfig } from 'vitest/config'
import { countReporter } from './scripts/count-reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    reporters: ['default', countReporter()],
    // Most of the time goes by waiting on sockets and processes: one file a core, none kept free.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
