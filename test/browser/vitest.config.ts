import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The pages in a real browser (`npm run test:browser`): Debian's `apt-get install chromium`, or CHROMIUM names another. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: [join(import.meta.dirname, '..', 'support', 'global-database.ts')],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    retry: process.env['CI'] ? 1 : 0,
  },
})
