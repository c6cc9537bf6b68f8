import type pg from 'pg'
import type { ReasonCode } from '../task/reasons.ts'
import type { Database } from './database.ts'

/** A delivery as it came over the wire, its signature checked. */
export interface IncomingDelivery {
  readonly id: string
  readonly event: string
  readonly payload: Buffer
}

export interface StoredDelivery extends IncomingDelivery {
  readonly attempts: number
}

const MAX_ATTEMPTS = 8
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 5 * 60_000

/**
 * Stores deliveries and wakes the inbox in one statement, and so in one commit: after it returns, nothing of them can
 * be lost. Ids that are known already change nothing (GitHub keeps a delivery's id when it redelivers). The payloads
 * travel as one binary value and are cut apart by the server: an array of them would be sent, and read, as text.
 */
export async function storeDeliveries(pool: pg.Pool, batch: readonly IncomingDelivery[]): Promise<void> {
  const sizes = batch.map((d) => d.payload.length)
  let end = 1
  const starts = sizes.map((size) => (end += size) - size)
  await pool.query({
    name: 'store_deliveries',
    text: `with stored as (
        insert into deliveries (id, event, payload)
        select id, event, substring($5::bytea from start for size)
        from unnest($1::text[], $2::text[], $3::int[], $4::int[]) as d (id, event, start, size)
        on conflict (id) do nothing returning 1)
      select graphile_worker.add_job('inbox', job_key => 'inbox', max_attempts => 3) from (select 1 from stored limit 1) s`,
    values: [
      batch.map((d) => d.id),
      batch.map((d) => d.event),
      starts,
      sizes,
      Buffer.concat(batch.map((d) => d.payload)),
    ],
  })
}

/** So long a taken delivery is hidden from others; one that was never finished (a crash) comes back after it. */
const CLAIM_SECONDS = 30

/** Takes the oldest deliveries that wait, in order. Handling twice is harmless: commands are unique by their source. */
export async function takeDeliveries(db: Database, limit: number): Promise<StoredDelivery[]> {
  const rows = await db.prisma.$queryRaw<{ id: string; event: string; payload: Uint8Array; attempts: number }[]>`
    with taken as (
      select id from deliveries where status = 'received' and not_before <= now()
      order by seq limit ${limit} for update skip locked),
    claimed as (
      update deliveries d set not_before = now() + make_interval(secs => ${CLAIM_SECONDS})
      from taken where d.id = taken.id returning d.id, d.seq, d.event, d.payload, d.attempts)
    select id, event, payload, attempts from claimed order by seq`
  return rows.map((r) => ({ id: r.id, event: r.event, payload: Buffer.from(r.payload), attempts: r.attempts }))
}

export async function finishDelivery(
  db: Database,
  id: string,
  status: 'handled' | 'ignored',
  reasonCode: ReasonCode | null,
): Promise<void> {
  await db.prisma.delivery.updateMany({
    where: { id, status: 'received' },
    data: { status, reasonCode, handledAt: new Date(), error: null },
  })
}

/** Puts a delivery back with growing pauses; after the last try it is dead, with its reason, and others flow on. */
export async function failDelivery(db: Database, delivery: StoredDelivery, message: string): Promise<'later' | 'dead'> {
  const attempts = delivery.attempts + 1
  const dead = attempts >= MAX_ATTEMPTS
  const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** delivery.attempts, MAX_RETRY_MS)
  await db.prisma.delivery.updateMany({
    where: { id: delivery.id, status: 'received' },
    data: {
      attempts,
      error: db.text(message.slice(0, 2_000)),
      notBefore: new Date(Date.now() + pauseMs),
      ...(dead ? { status: 'dead', reasonCode: 'delivery_failed' satisfies ReasonCode, handledAt: new Date() } : {}),
    },
  })
  return dead ? 'dead' : 'later'
}
