import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `npm run test:long`: what else can happen to a task, from end to end. `npm test` holds the main ways. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..', '..'),
    include: ['test/e2e/long/*.test.ts'],
    globalSetup: [join(import.meta.dirname, '..', '..', 'support', 'global-database.ts')],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than there are processors: a story waits for half of its time.
    maxWorkers: 4,
    retry: process.env['CI'] ? 2 : 0,
  },
})
