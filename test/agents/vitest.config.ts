import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The real agents against models on loopback (`npm run test:agents`): with fake keys and an environment made from nothing. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/agents/**/*.cli.ts'],
    // The agents first: where they cannot run, nothing else is started.
    globalSetup: [
      join(import.meta.dirname, 'install.ts'),
      join(import.meta.dirname, '..', 'support', 'global-database.ts'),
    ],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    retry: process.env['CI'] ? 1 : 0,
  },
})
