import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createRedact, openStore } from '../wiring.ts'

/** `supervisor migrate`: what start does first, alone. */
export async function migrateDatabase(): Promise<void> {
  const config = readConfig()
  const redact = createRedact(config)
  const store = await openStore(config, redact, createLog(config.logLevel, redact))
  await store.stop()
  process.stdout.write('The database is up to date.\n')
}
