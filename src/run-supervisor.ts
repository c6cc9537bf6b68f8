import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { startFrontDoor } from './front-door.ts'
import { startOps } from './ops.ts'
import type { Corridor } from './supervisor/corridor.ts'
import { createTaskPages } from './task-pages.ts'
import { createHealth } from './web/health.ts'
import { healthRoutes } from './web/machine-routes.ts'
import { buildCorridor, openStore, type Running, startWorkerHalf } from './wiring.ts'

export interface Supervisor extends Running {
  readonly corridor: Corridor
  /** Where webhooks are taken; null without a web half. */
  readonly port: number | null
  /** Where its operator looks; null where that is off. */
  readonly opsPort: number | null
}

/**
 * Starts the halves that are asked for, over one database connection. What was started is stopped again when a later
 * part fails to start.
 */
export async function runSupervisor(
  config: Config,
  log: Logger,
  redact: (text: string) => string,
  halves: { readonly web: boolean; readonly work: boolean },
): Promise<Supervisor> {
  const started: Running[] = []
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop()
  }
  try {
    const store = await openStore(config, redact, log)
    started.push(store)
    const corridor = await buildCorridor(config, store.db, log, redact)
    const work = halves.work ? await startWorkerHalf(config, corridor) : null
    if (work) started.push(work)
    const health = createHealth(store.db, work?.turnedAt ?? null)
    const pages = await createTaskPages(config, corridor)
    const ops = await startOps(config, corridor, health, pages.build, halves)
    if (ops) started.push(ops)
    const others = [healthRoutes(health), ...pages.signedIn]
    const door = halves.web ? await startFrontDoor(config, store.db, log, others) : null
    if (door) started.push(door)
    started.push(pages, { stop: async () => health.stopping() })
    return { corridor, port: door?.port ?? null, opsPort: ops?.port ?? null, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
