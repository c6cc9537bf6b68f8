import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `npm run test:long`, so that this here stays within minutes.
    exclude: ['**/node_modules/**', 'test/e2e/long/**'],
    globalSetup: ['test/support/global-database.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 4,
    // End-to-end stories have limits in seconds, and a shared CI machine can be slower than any of them. A retry is reported.
    retry: process.env['CI'] ? 2 : 0,
  },
})
