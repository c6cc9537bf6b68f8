import { databaseTrouble } from '../../store/database-trouble.ts'
import type { StoredDelivery } from '../../store/deliveries.ts'
import {
  failDelivery,
  finishDelivery,
  giveBackDeliveries,
  ignoreDeliveries,
  takeDeliveries,
} from '../../store/deliveries.ts'
import { wake } from '../../store/queue.ts'
import { OperatingError } from '../../task/errors.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { Corridor } from '../corridor.ts'
import { messageOf } from '../work/after-failure.ts'

const BATCH = 50
/** When to look again after a failure; whatever is due later is found by the sweep. */
const FIRST_LOOK_MS = 1_000
const MAX_LOOK_MS = 60_000

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
    const ignored: Ignored[] = []
    let begun = 0
    for (const delivery of deliveries) {
      if (stopping()) break
      begun++
      const outcome = await handle(corridor, receive, delivery)
      if (outcome) ignored.push(outcome)
    }
    await ignoreDeliveries(corridor.db, ignored)
    await giveBackDeliveries(corridor.db, deliveries.slice(begun))
  }
}

interface Ignored {
  readonly id: string
  readonly reasonCode: ReasonCode
}

/** @returns the delivery where it came to nothing and is not finished yet */
async function handle(corridor: Corridor, receive: Receive, delivery: StoredDelivery): Promise<Ignored | null> {
  const { db, log } = corridor
  try {
    const reasonCode = await receive(delivery)
    if (!EFFECTIVE.includes(reasonCode)) return { id: delivery.id, reasonCode }
    await finishDelivery(db, delivery.id, 'handled', reasonCode)
  } catch (thrown) {
    const error = databaseTrouble(thrown) ?? thrown
    const passing = error instanceof OperatingError && error.failureClass === 'transient' ? error : null
    const outcome = await failDelivery(db, delivery, messageOf(error), passing)
    log.error({ err: error, delivery_id: delivery.id, event: delivery.event, outcome }, 'handling a delivery')
    const pauseMs = Math.min(FIRST_LOOK_MS * 2 ** delivery.attempts, MAX_LOOK_MS)
    if (outcome === 'later') await wake(db.prisma, { kind: 'inbox' }, new Date(Date.now() + pauseMs))
  }
  return null
}
