import { Probot } from 'probot'
import { supervisorApp } from './app.ts'
import type { Config } from './config.ts'
import type { StoredDelivery } from './store/deliveries.ts'
import { accept } from './supervisor/accept/accept.ts'
import { noteActivity } from './supervisor/accept/activity.ts'
import type { Receive } from './supervisor/accept/receive.ts'
import { spellingOf } from './supervisor/accept/spelling.ts'
import type { Corridor } from './supervisor/corridor.ts'
import type { ReasonCode } from './task/reasons.ts'

/** Event name and payload as Probot's `receive` wants them; the payload is checked field by field behind it. */
type ProbotEvent = Parameters<Probot['receive']>[0]

/** The second half's use of Probot: a stored delivery goes through `probot.receive()` to the app function. */
export async function createReceiver(
  corridor: Corridor,
  app: NonNullable<Config['app']>,
  apiUrl: string,
): Promise<Receive> {
  const outcomes = new Map<string, ReasonCode>()
  const probot = new Probot({
    appId: app.id,
    privateKey: app.privateKey,
    secret: app.webhookSecret,
    baseUrl: apiUrl,
    log: corridor.log.child({ name: 'probot' }, { level: 'fatal' }),
  })
  await probot.load(
    supervisorApp({
      botUserId: async () => (await corridor.github.botUser()).id,
      spelling: (repository) => spellingOf(corridor, repository),
      accept: async (id, intake) => {
        outcomes.set(id, await accept(corridor, id, intake))
      },
    }),
  )
  return async (delivery: StoredDelivery) => {
    const payload = parse(delivery.payload)
    if (payload === null) return 'delivery_malformed'
    noteActivity(corridor, payload)
    try {
      await probot.receive({ id: delivery.id, name: delivery.event, payload } as ProbotEvent)
      return outcomes.get(delivery.id) ?? 'event_not_handled'
    } catch (error) {
      throw error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
    } finally {
      outcomes.delete(delivery.id)
    }
  }
}

function parse(payload: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
