import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { createHealth } from '../../src/web/health.ts'
import { type Listener, listen } from '../../src/web/listen.ts'
import { healthRoutes, metricsRoute } from '../../src/web/machine-routes.ts'
import { createMetrics } from '../../src/web/metrics/metrics.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

let store: TestStore
const listeners: Listener[] = []
beforeAll(async () => {
  store = await openTestStore()
})
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.stop()
})
afterAll(() => store.close())

async function serve(
  ...handlers: Parameters<typeof listen>[1]
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const listener = await listen({ host: '127.0.0.1', port: 0 }, handlers, () => undefined)
  listeners.push(listener)
  return (path, init) => fetch(`http://127.0.0.1:${listener.port}${path}`, init)
}

test('alive and ready while all is well; not ready once it is being stopped', async () => {
  const health = createHealth(store.db, () => new Date())
  const get = await serve(healthRoutes(health))
  expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([200, 200])
  health.stopping()
  expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([200, 503])
  expect((await get('/livez', { method: 'POST' })).status).toBe(405)
  expect((await get('/elsewhere')).status).toBe(404)
})

test('a worker half that hangs is not alive, and the answer says since when', async () => {
  const since = new Date(Date.now() - 10 * 60_000)
  const get = await serve(healthRoutes(createHealth(store.db, () => since)))
  const answer = await get('/livez')
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain(since.toISOString())
})

test('without its database it is alive but not ready, and tells no figures instead of zeros', async () => {
  const url = new URL(store.db.url)
  url.port = '1'
  const away = openDatabase({ url: url.href, redact: (t) => t, onError: () => undefined })
  const metrics = createMetrics(away)
  const errors: unknown[] = []
  const get = await serve(
    healthRoutes(createHealth(away, null)),
    metricsRoute(metrics, (error) => errors.push(error)),
  )
  expect((await get('/livez')).status).toBe(200)
  const ready = await get('/readyz')
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('database')])
  expect((await get('/metrics')).status).toBe(503)
  expect(errors).toHaveLength(1)
  metrics.close()
  await away.close()
})
