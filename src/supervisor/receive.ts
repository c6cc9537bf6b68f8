import type { StoredDelivery } from '../store/deliveries.ts'
import { failDelivery, finishDelivery, takeDeliveries } from '../store/deliveries.ts'
import { wake } from '../store/queue.ts'
import type { ReasonCode } from '../task/reasons.ts'
import { messageOf } from './after-failure.ts'
import type { Corridor } from './corridor.ts'

const BATCH = 50

/** Hands one stored delivery to the Probot app. @returns what it amounted to */
export type Receive = (delivery: StoredDelivery) => Promise<ReasonCode>

/** Codes with which a delivery did something; all others say why it did nothing. */
const EFFECTIVE: readonly ReasonCode[] = ['command_accepted', 'help_given', 'status_given']

/**
 * Empties the inbox, oldest first. One that fails comes back later and does not hold the others up. Several workers may
 * do this at the same time: whatever a delivery causes is unique by its source.
 */
export async function drainInbox(corridor: Corridor, receive: Receive, stopping: () => boolean): Promise<void> {
  while (!stopping()) {
    const deliveries = await takeDeliveries(corridor.db, BATCH)
    if (deliveries.length === 0) return
    for (const delivery of deliveries) {
      if (stopping()) return
      await handle(corridor, receive, delivery)
    }
  }
}

async function handle(corridor: Corridor, receive: Receive, delivery: StoredDelivery): Promise<void> {
  const { db, log } = corridor
  try {
    const reasonCode = await receive(delivery)
    await finishDelivery(db, delivery.id, EFFECTIVE.includes(reasonCode) ? 'handled' : 'ignored', reasonCode)
  } catch (error) {
    const outcome = await failDelivery(db, delivery, messageOf(error))
    log.error({ err: error, delivery_id: delivery.id, event: delivery.event, outcome }, 'handling a delivery')
    if (outcome === 'later')
      await wake(db.prisma, { kind: 'inbox' }, new Date(Date.now() + 1_000 * 2 ** delivery.attempts))
  }
}
