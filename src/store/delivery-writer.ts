import type pg from 'pg'
import type { IncomingDelivery } from './deliveries.ts'
import { storeDeliveries } from './deliveries.ts'

/** Most deliveries, and most bytes, of one commit. */
const MAX_BATCH = 64
const MAX_BATCH_BYTES = 32 * 1024 * 1024
/** More than this wait: the database does not keep up, so GitHub is told to come again. */
const MAX_WAITING = 1_000

interface Waiting {
  readonly delivery: IncomingDelivery
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Group commit for the inbox: deliveries that arrive while one commit is under way share the next. Each caller is
 * answered after its own delivery is committed, so the promise is the same as without, at several times the rate.
 */
export function createDeliveryWriter(pool: pg.Pool): (delivery: IncomingDelivery) => Promise<void> {
  const queue: Waiting[] = []
  let writing = false

  const write = async (): Promise<void> => {
    writing = true
    while (queue.length > 0) {
      const batch = takeBatch(queue)
      try {
        await storeDeliveries(pool, unique(batch.map((w) => w.delivery)))
        for (const w of batch) w.done()
      } catch (error) {
        for (const w of batch) w.failed(error)
      }
    }
    writing = false
  }

  return (delivery) =>
    new Promise((done, failed) => {
      if (queue.length >= MAX_WAITING) return failed(new Error('the inbox is not keeping up'))
      queue.push({ delivery, done, failed })
      if (!writing) void write()
    })
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let bytes = 0
  let count = 0
  for (const { delivery } of queue) {
    if (count >= MAX_BATCH || (count > 0 && bytes + delivery.payload.length > MAX_BATCH_BYTES)) break
    bytes += delivery.payload.length
    count++
  }
  return queue.splice(0, count)
}

/** One statement may not insert the same id twice; the same delivery sent ten times at once would. */
function unique(deliveries: readonly IncomingDelivery[]): IncomingDelivery[] {
  return [...new Map(deliveries.map((d) => [d.id, d])).values()]
}
