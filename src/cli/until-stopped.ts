import type { Logger } from 'pino'

/** Longest graceful stop; what is still under way then is picked up by the next worker. */
const STOP_LIMIT_MS = 30_000

/** Resolves on the first SIGTERM or SIGINT. From then on the process ends after 30 seconds at the latest. */
export async function untilStopped(log: Logger): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name))
  })
  log.info({ signal }, 'stopping')
  setTimeout(() => {
    log.error('not everything stopped in time; leaving the rest to the next worker')
    process.exit(1)
  }, STOP_LIMIT_MS).unref()
}
