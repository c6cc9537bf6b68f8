import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import type { Database } from '../store/database.ts'
import { createRedact, openStore } from '../wiring.ts'

/** Opens the configured database for one reading command, and closes it whatever happens. */
export async function withStore<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const config = readConfig()
  const redact = createRedact(config)
  const store = await openStore(config, redact, createLog('warn', redact))
  try {
    return await work(store.db)
  } finally {
    await store.stop()
  }
}
