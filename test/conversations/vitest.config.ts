import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `npm run test:stories`: every story in every variant. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/conversations/{plain,doubled,reordered,restarted,restarted-too}.test.ts'],
    globalSetup: [join(import.meta.dirname, '..', 'support', 'global-database.ts')],
    env: { STORIES: 'all' },
    // More than there are processors: a story waits for half of its time.
    maxWorkers: 4,
    // As in the suite: a story has limits in seconds, and a shared CI machine can be slower than any of them.
    retry: process.env['CI'] ? 2 : 0,
    // One story that somebody picked leaves a file empty.
    passWithNoTests: process.env['STORY'] !== undefined,
  },
})
