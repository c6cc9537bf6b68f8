import type { Config } from './config.ts'
import { ConfigError } from './config.ts'
import type { Corridor } from './supervisor/corridor.ts'
import type { PagesBuilder } from './task-pages.ts'
import type { Health } from './web/health.ts'
import { type Listener, listen } from './web/listen.ts'
import { isLoopback, operatorOf } from './web/loopback.ts'
import { healthRoutes, metricsRoute } from './web/machine-routes.ts'
import { createMetrics } from './web/metrics/metrics.ts'

/**
 * The operator's listener: health, metrics, and on loopback the pages of all tasks. Apart from the front door, because
 * what it shows is not for everybody who can send a webhook. Without a port of its own asked for, it is a help that gives way where the usual one is taken, and
 * a worker beside a web half does without.
 */
export async function startOps(
  config: Config,
  { db, log }: Corridor,
  health: Health,
  pages: PagesBuilder,
  halves: { readonly web: boolean },
): Promise<Listener | null> {
  const { ops } = config
  if (!ops || (!halves.web && !ops.isAsked)) return null
  const onError = (err: unknown): void => log.warn({ err }, 'answering the operator')
  const metrics = createMetrics(db)
  const shown = isLoopback(ops.host) ? pages(operatorOf) : []
  try {
    const listener = await listen(ops, [healthRoutes(health), metricsRoute(metrics, onError), ...shown], onError)
    const what = shown.length > 0 ? 'metrics, health and tasks for the operator' : 'metrics and health for the operator'
    log.info({ port: listener.port, host: ops.host }, what)
    return {
      port: listener.port,
      stop: async () => {
        await listener.stop()
        metrics.close()
      },
    }
  } catch (error) {
    metrics.close()
    const { code } = error as { code?: unknown }
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    if (ops.isAsked)
      throw new ConfigError(`OPS_PORT ${ops.port} on ${ops.host} cannot be had (${code}): name another one, or \`off\``)
    log.warn({ port: ops.port }, 'no metrics and task page: the port is taken; OPS_PORT names another one')
    return null
  }
}
