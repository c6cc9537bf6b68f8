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
/** Three days of tries every five minutes. */
const MAX_PASSING_ATTEMPTS = 864

const WAKE = `select graphile_worker.add_job('inbox', job_key => 'inbox', max_attempts => 3)`
const INSERT = `insert into deliveries (id, event, payload)
  select id, event, substring($5::bytea from start for size)
  from unnest($1::text[], $2::text[], $3::int[], $4::int[]) as d (id, event, start, size)
  on conflict (id) do nothing`

/**
 * Stores deliveries and wakes the inbox in one statement, and so in one commit: after it returns, nothing of them can
 * be lost. Ids that are known already change nothing (GitHub keeps a delivery's id when it redelivers).
 */
export async function storeDeliveries(pool: pg.Pool, batch: readonly IncomingDelivery[]): Promise<void> {
  const text = `with stored as (${INSERT} returning 1) ${WAKE} from (select 1 from stored limit 1) s`
  await pool.query({ name: 'store_deliveries', text, values: valuesOf(batch) })
}

/** The same without the wake, for a writer that has just woken the inbox and is about to do so again. */
export async function storeMoreDeliveries(pool: pg.Pool, batch: readonly IncomingDelivery[]): Promise<void> {
  await pool.query({ name: 'store_more_deliveries', text: INSERT, values: valuesOf(batch) })
}

export async function wakeInbox(pool: pg.Pool): Promise<void> {
  await pool.query({ name: 'wake_inbox', text: WAKE })
}

/** Payloads travel as one binary value and are cut apart by the server: an array of them would be sent, and read, as text. */
function valuesOf(batch: readonly IncomingDelivery[]): unknown[] {
  const sizes: number[] = []
  const starts: number[] = []
  let next = 1
  for (const { payload } of batch) {
    sizes.push(payload.length)
    starts.push(next)
    next += payload.length
  }
  const payloads = Buffer.concat(batch.map((d) => d.payload))
  return [batch.map((d) => d.id), batch.map((d) => d.event), starts, sizes, payloads]
}

/** So long a taken delivery is hidden from others; one that was never finished (a crash) comes back after it. */
const CLAIM_SECONDS = 30

/** Takes the oldest deliveries that wait, in order. Handling twice is harmless: commands are unique by their source. */
export async function takeDeliveries(db: Database, limit: number): Promise<StoredDelivery[]> {
  const { rows } = await db.inboxPool.query<StoredDelivery>({
    name: 'take_deliveries',
    text: `with taken as (
        select id from deliveries where status = 'received' and not_before <= now()
        order by seq limit $1 for update skip locked),
      claimed as (
        update deliveries d set not_before = now() + make_interval(secs => $2)
        from taken where d.id = taken.id returning d.id, d.seq, d.event, d.payload, d.attempts)
      select id, event, payload, attempts from claimed order by seq`,
    values: [limit, CLAIM_SECONDS],
  })
  return rows
}

/** Taken and not begun, because this worker stops: the next one need not wait until the claim is over. */
export async function giveBackDeliveries(db: Database, deliveries: readonly StoredDelivery[]): Promise<void> {
  if (deliveries.length === 0) return
  await db.inboxPool.query({
    name: 'give_back_deliveries',
    text: `update deliveries set not_before = now() where id = any($1::text[]) and status = 'received'`,
    values: [deliveries.map((d) => d.id)],
  })
}

/** Deliveries that came to nothing, most of all there are: finished together. */
export async function ignoreDeliveries(
  db: Database,
  ignored: readonly { readonly id: string; readonly reasonCode: ReasonCode }[],
): Promise<void> {
  if (ignored.length === 0) return
  await db.inboxPool.query({
    name: 'ignore_deliveries',
    text: `update deliveries d set status = 'ignored', reason_code = i.reason_code, handled_at = now(), error = null
      from unnest($1::text[], $2::text[]) as i (id, reason_code) where d.id = i.id and d.status = 'received'`,
    values: [ignored.map((d) => d.id), ignored.map((d) => d.reasonCode)],
  })
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

/**
 * Puts a delivery back with growing pauses; after the last try it is dead, with its reason, and others flow on.
 * @param passing the failure is GitHub's or the database's, not the delivery's: it is tried for as long as GitHub itself
 * would redeliver it (three days), and not before `retryAt`
 */
export async function failDelivery(
  db: Database,
  delivery: StoredDelivery,
  message: string,
  passing: { readonly retryAt: Date | null } | null = null,
): Promise<'later' | 'dead'> {
  const attempts = delivery.attempts + 1
  const dead = attempts >= (passing === null ? MAX_ATTEMPTS : MAX_PASSING_ATTEMPTS)
  const pause = new Date(Date.now() + Math.min(FIRST_RETRY_MS * 2 ** delivery.attempts, MAX_RETRY_MS))
  const notBefore = passing?.retryAt && passing.retryAt > pause ? passing.retryAt : pause
  await db.prisma.delivery.updateMany({
    where: { id: delivery.id, status: 'received' },
    data: {
      attempts,
      error: db.text(message.slice(0, 2_000)),
      notBefore,
      ...(dead ? { status: 'dead', reasonCode: 'delivery_failed' satisfies ReasonCode, handledAt: new Date() } : {}),
    },
  })
  return dead ? 'dead' : 'later'
}

/** GitHub offers a delivery again for three days; until well after that its id must be known. */
const KEPT_DAYS = 7
const FORGOTTEN_AT_ONCE = 10_000

/**
 * Lets go of finished deliveries: their payloads are most of what the database would hold. What came to nothing keeps its
 * id for as long, but its payload for a day only. Dead ones stay for people. @returns how many are forgotten
 */
export async function forgetDeliveries(db: Database): Promise<number> {
  await db.inboxPool.query(
    `update deliveries set payload = '' where id in (
       select id from deliveries where status = 'ignored' and payload <> ''
         and handled_at < now() - interval '1 day' limit $1)`,
    [FORGOTTEN_AT_ONCE],
  )
  const { rowCount } = await db.inboxPool.query(
    `delete from deliveries where id in (
       select id from deliveries where status in ('handled', 'ignored')
         and handled_at < now() - make_interval(days => $1) limit $2)`,
    [KEPT_DAYS, FORGOTTEN_AT_ONCE],
  )
  return rowCount ?? 0
}
