import { answerText, pathOf, refusesWrites, type WebHandler } from './handler.ts'
import type { Health } from './health.ts'
import type { Metrics } from './metrics/metrics.ts'

/** `/livez` and `/readyz`, for whoever starts processes and sends them traffic. They tell no more than that and why not. */
export function healthRoutes(health: Health): WebHandler {
  return async (req, res) => {
    const path = pathOf(req)
    if (path !== '/livez' && path !== '/readyz') return false
    if (refusesWrites(req, res)) return true
    const problems = path === '/livez' ? health.live() : await health.ready()
    return answerText(res, problems.length === 0 ? 200 : 503, problems.length === 0 ? 'ok' : problems.join('\n'))
  }
}

/** `/metrics`, for Prometheus. It names repositories: it is served where only operators get to. */
export function metricsRoute(metrics: Metrics, onError: (error: unknown) => void): WebHandler {
  return async (req, res) => {
    if (pathOf(req) !== '/metrics') return false
    if (refusesWrites(req, res)) return true
    try {
      const text = await metrics.text()
      res.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text)
      return true
    } catch (error) {
      onError(error)
      return answerText(res, 503, 'the figures cannot be read now')
    }
  }
}
