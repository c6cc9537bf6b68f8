import type { Database } from './database.ts'

/** How far the log of failed deliveries has been read. */
export interface SweepPosition {
  /** Everything up to then is known; null = nothing is. */
  readonly readUntil: Date | null
  /** A pass that is not through: the newest attempt that it saw, and where it goes on. */
  readonly passFrom: Date | null
  readonly cursor: string | null
}

/** A failed attempt of a delivery, as GitHub's log has it. */
export interface FailedAttempt {
  readonly id: number
  readonly guid: string
  readonly event: string
  readonly at: Date
}

export interface MissedDelivery {
  readonly guid: string
  /** Of its newest attempt. */
  readonly attemptId: number
  readonly event: string
  readonly at: Date
  /** How often it was asked for again. */
  readonly tries: number
}

export type SettledAs = 'arrived' | 'delivered' | 'given_up'

/** When the log was looked at last; null = never. */
export async function sweptAt(db: Database, appId: number): Promise<Date | null> {
  const row = await db.prisma.deliverySweep.findUnique({ where: { appId: BigInt(appId) } })
  return row?.sweptAt ?? null
}

/** Notes that a sweep begins. @returns where the one before stopped */
export async function beginSweep(db: Database, appId: number): Promise<SweepPosition> {
  const where = { appId: BigInt(appId) }
  const row = await db.prisma.deliverySweep.upsert({ where, create: where, update: { sweptAt: new Date() } })
  return { readUntil: row.readUntil, passFrom: row.passFrom, cursor: row.cursor }
}

/** Keeps failed attempts and how far the log has been read, in one commit. */
export async function storeSweep(
  db: Database,
  appId: number,
  position: SweepPosition,
  failed: readonly FailedAttempt[],
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`
      insert into missed_deliveries (guid, delivery_id, event, delivered_at)
      select distinct on (guid) guid, id, event, at from unnest(
        ${failed.map((f) => db.text(f.guid))}::text[], ${failed.map((f) => BigInt(f.id))}::bigint[],
        ${failed.map((f) => db.text(f.event))}::text[], ${failed.map((f) => f.at)}::timestamptz[]) as f (guid, id, event, at)
      order by guid, id desc
      on conflict (guid) do update set delivery_id = excluded.delivery_id
        where missed_deliveries.delivery_id < excluded.delivery_id`
    await tx.deliverySweep.update({ where: { appId: BigInt(appId) }, data: { ...position } })
  })
}

/** Marks what the inbox has by now, however it came there, and forgets what was settled long ago. */
export async function settleArrived(db: Database): Promise<void> {
  await db.prisma.$executeRaw`
    update missed_deliveries m set settled_as = 'arrived'
    where m.settled_as is null and exists (select 1 from deliveries d where d.id = m.guid)`
  await db.prisma.$executeRaw`
    delete from missed_deliveries where settled_as is not null and delivered_at < now() - interval '8 days'`
}

/**
 * What may be asked for now, oldest first.
 * @param pausesMs how long after its first, second … try a delivery is left alone
 */
export async function openDeliveries(
  db: Database,
  pausesMs: readonly number[],
  limit: number,
): Promise<MissedDelivery[]> {
  const rows = await db.prisma.$queryRaw<
    { guid: string; delivery_id: bigint; event: string; delivered_at: Date; tries: number }[]
  >`
    select guid, delivery_id, event, delivered_at, tries from missed_deliveries
    where settled_as is null and (tried_at is null
      or tried_at + make_interval(secs => (${[...pausesMs]}::float8[])[tries] / 1000) <= now())
    order by delivered_at, guid limit ${limit}`
  return rows.map((r) => ({
    guid: r.guid,
    attemptId: Number(r.delivery_id),
    event: r.event,
    at: r.delivered_at,
    tries: r.tries,
  }))
}

export async function settleMissed(db: Database, guids: readonly string[], settledAs: SettledAs): Promise<void> {
  await db.prisma.missedDelivery.updateMany({ where: { guid: { in: [...guids] } }, data: { settledAs } })
}

/** Counted before GitHub is asked, so that a crash cannot ask without end. */
export async function countTry(db: Database, guid: string): Promise<void> {
  await db.prisma.$executeRaw`update missed_deliveries set tries = tries + 1, tried_at = now() where guid = ${guid}`
}

/** GitHub would not hear the question: it was no try. */
export async function uncountTry(db: Database, missed: MissedDelivery): Promise<void> {
  const { guid, tries } = missed
  await db.prisma.missedDelivery.update({ where: { guid }, data: { tries, ...(tries === 0 ? { triedAt: null } : {}) } })
}
