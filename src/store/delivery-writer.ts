import type pg from 'pg'
import type { IncomingDelivery } from './deliveries.ts'
import { storeDeliveries, storeMoreDeliveries, wakeInbox } from './deliveries.ts'

/** Most deliveries, and most bytes, of one commit. */
const MAX_BATCH = 64
const MAX_BATCH_BYTES = 32 * 1024 * 1024
/** More than this wait: the database does not keep up, so GitHub is told to come again. */
const MAX_WAITING = 1_000
const MAX_WAITING_BYTES = 128 * 1024 * 1024
/** While commit follows commit, the inbox is woken so often only: the one who empties it is awake. */
const WAKE_EVERY_MS = 20

interface Waiting {
  readonly delivery: IncomingDelivery
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Group commit for the inbox: deliveries that arrive while one commit is under way share the next. Each caller is
 * answered after its own delivery is committed, so the promise is the same as without, at several times the rate.
 *
 * A delivery's wake is in its own commit unless the inbox was woken milliseconds ago; then the last of the commits that
 * follow each other is followed by one. Should that one be lost, the sweep finds what lies there.
 *
 * What the database refuses because of what it is, it refuses for itself alone: the others of its batch are stored.
 */
export function createDeliveryWriter(pool: pg.Pool): (delivery: IncomingDelivery) => Promise<void> {
  const queue: Waiting[] = []
  let waitingBytes = 0
  let writing = false
  let wokenAt = Number.NEGATIVE_INFINITY
  /** Something is stored that no wake tells of. */
  let silent = false

  const store = async (batch: readonly Waiting[]): Promise<void> => {
    const wakes = batch.length === 0 || performance.now() - wokenAt > WAKE_EVERY_MS
    silent = !wakes
    if (wakes) wokenAt = performance.now()
    if (batch.length === 0) return wakeInbox(pool)
    const deliveries = unique(batch.map((w) => w.delivery))
    return wakes ? storeDeliveries(pool, deliveries) : storeMoreDeliveries(pool, deliveries)
  }

  const write = async (): Promise<void> => {
    writing = true
    while (queue.length > 0 || silent) {
      const batch = takeBatch(queue)
      for (const { delivery } of batch) waitingBytes -= delivery.payload.length
      await storeAll(batch)
    }
    writing = false
  }

  const storeAll = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await store(batch)
      // The next commit is sent on its way before these are answered: the database need not wait for that.
      setImmediate(() => {
        for (const w of batch) w.done()
      })
    } catch (error) {
      wokenAt = Number.NEGATIVE_INFINITY
      silent = false
      if (batch.length > 1 && isAboutContent(error)) for (const one of batch) await storeAll([one])
      else for (const w of batch) w.failed(error)
    }
  }

  return (delivery) =>
    new Promise((done, failed) => {
      const bytes = waitingBytes + delivery.payload.length
      if (queue.length >= MAX_WAITING || (queue.length > 0 && bytes > MAX_WAITING_BYTES))
        return failed(new Error('the inbox is not keeping up'))
      waitingBytes = bytes
      queue.push({ delivery, done, failed })
      if (!writing) void write()
    })
}

/** Data that cannot be stored, a constraint, or a limit of the program: SQLSTATE classes 22, 23 and 54. */
function isAboutContent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:22|23|54)/.test(String(error.code))
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
