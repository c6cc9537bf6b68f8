import { join } from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma downloads its engine on first use; the stand-in next to the schema makes its commands work offline.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= join(import.meta.dirname, 'prisma', 'schema-engine.mjs')
process.env['CHECKPOINT_DISABLE'] ??= '1'
process.env['PRISMA_HIDE_UPDATE_MESSAGE'] ??= '1'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
})
