import { nextHold } from '../task/rate-hold.ts'
import type { Database } from './database.ts'
import { databaseTrouble } from './database-trouble.ts'

/**
 * GitHub's limits on an installation, kept where all workers see them: one that is told to wait makes all of them wait,
 * and a restart forgets nothing. Rejects with OperatingError when the database is away.
 */
export interface StoredLimits {
  heldUntil(installationId: number): Promise<Date | null>
  hold(installationId: number, told: Date | null): Promise<Date>
  wrote(installationId: number): Promise<void>
  told(
    installationId: number,
    reading: { readonly most: number; readonly remaining: number; readonly resetsAt: Date },
  ): Promise<void>
}

/** An hour: GitHub's longest window. */
const KEPT_SECONDS = 3_600
/** What is left of the hour is for operators' eyes: it need not be fresher, and must not cost a write for each read. */
const READING_MS = 30_000
/** More than GitHub takes in an hour. */
const MOST_WRITES = 600

export function storedLimits(db: Database): StoredLimits {
  const readAt = new Map<number, number>()
  return {
    told: async (installationId, { most, remaining, resetsAt }) => {
      const now = Date.now()
      if (now - (readAt.get(installationId) ?? 0) < READING_MS) return
      readAt.set(installationId, now)
      // A figure that is not kept is no reason for anything to fail.
      await db.prisma.$executeRaw`
        insert into rate_readings (installation_id, most, remaining, resets_at, at)
        values (${installationId}, ${most}, ${remaining}, ${resetsAt}, now())
        on conflict (installation_id) do update set most = excluded.most, remaining = excluded.remaining,
          resets_at = excluded.resets_at, at = excluded.at`.catch(() => undefined)
    },
    heldUntil: (installationId) =>
      telling(async () => {
        const row = await db.prisma.rateHold.findUnique({ where: { installationId: BigInt(installationId) } })
        return row?.until ?? null
      }),
    hold: (installationId, told) => telling(() => hold(db, installationId, told)),
    wrote: (installationId) =>
      telling(async () => {
        await db.prisma.$executeRaw`
          with old as (delete from content_writes where installation_id = ${installationId}
            and at < now() - make_interval(secs => ${KEPT_SECONDS}))
          insert into content_writes (installation_id, at) values (${installationId}, clock_timestamp())`
      }),
  }
}

/** How an installation stands with GitHub, by the database's clock. */
export interface WritePace {
  /** Nothing may be sent for so long; 0 = now. */
  readonly heldForMs: number
  /** How long ago each write of the last hour was, newest first. */
  readonly writesAgoMs: readonly number[]
}

export async function readPace(db: Database, installationId: number): Promise<WritePace> {
  const [row] = await db.prisma.$queryRaw<{ held: number | null; writes: number[] | null }[]>`
    select (select extract(epoch from until - clock_timestamp()) * 1000 from rate_holds
        where installation_id = ${installationId})::float8 as held,
      array(select (extract(epoch from clock_timestamp() - at) * 1000)::float8 from content_writes
        where installation_id = ${installationId} and at > now() - make_interval(secs => ${KEPT_SECONDS})
        order by at desc limit ${MOST_WRITES}) as writes`
  return { heldForMs: Math.max(0, row?.held ?? 0), writesAgoMs: row?.writes ?? [] }
}

async function hold(db: Database, installationId: number, told: Date | null): Promise<Date> {
  return db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`rate:${installationId}`}, 0))`
    const where = { installationId: BigInt(installationId) }
    const next = nextHold(await tx.rateHold.findUnique({ where }), told, new Date())
    const { until, strikes } = next
    await tx.rateHold.upsert({ where, create: { ...where, until, strikes }, update: { until, strikes } })
    return until
  })
}

async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw databaseTrouble(error) ?? error
  }
}
