import type { PassedOver } from '../task/job.ts'
import type { Database } from './database.ts'

/** Whose fault it was that a run came to nothing: the backend cannot start, its provider is down, or has no quota left. */
export type Trouble = 'unavailable' | 'down' | 'quota'

export const REASON_OF = {
  unavailable: 'backend_unavailable',
  down: 'backend_down',
  quota: 'quota_reached',
} as const satisfies Record<Trouble, PassedOver['reasonCode']>

export interface OpenBreaker {
  readonly cause: Trouble
  readonly until: Date
  /** What the last failure said; redacted. */
  readonly lastError: string
}

/** A provider that failed once may have had a bad second; one that fails so often in a row is down. */
const FAILURES_TO_OPEN = 3
const FIRST_PAUSE_MS = 30_000
const MAX_PAUSE_MS = 10 * 60_000
/** What cannot start now will not start in a second; somebody may mend it within the minute. */
const UNAVAILABLE_PAUSE_MS = 60_000
/** As long as one task tries a backend whose pause is over, the others wait. */
const TRIAL_MS = 60_000
const MAX_ERROR = 500

/**
 * Whether a backend is to be left alone now; null = it may be asked. After the pause of one that was down, whoever asks
 * first is let through as the trial: it closes the breaker, or opens it for longer. Database time only.
 */
export async function openBreaker(db: Database, backend: string): Promise<OpenBreaker | null> {
  const isTrial = await db.prisma.$executeRaw`
    update breakers set trial_until = now() + make_interval(secs => ${TRIAL_MS / 1000})
    where backend = ${backend} and cause = 'down' and until <= now() and (trial_until is null or trial_until <= now())`
  if (isTrial > 0) return null
  const rows = await db.prisma.$queryRaw<{ cause: Trouble; until: Date; last_error: string }[]>`
    select cause, greatest(until, trial_until) as until, last_error from breakers
    where backend = ${backend} and (until > now() or trial_until > now())`
  const [row] = rows
  return row ? { cause: row.cause, until: row.until, lastError: row.last_error } : null
}

/**
 * A run came to nothing by the backend's own fault. What cannot start, or has no quota until a known time, opens the
 * breaker at once; a provider that is down, when it has failed often enough in a row, and for longer each time.
 * @param trouble.quotaMs how long the provider has no room, where that is the trouble
 * @returns until when nobody asks it; null = it may be asked again
 */
export async function noteTrouble(
  db: Database,
  backend: string,
  trouble: { readonly cause: Trouble; readonly quotaMs: number; readonly error: string },
): Promise<Date | null> {
  const { cause } = trouble
  const error = db.text(trouble.error).slice(0, MAX_ERROR)
  return db.prisma.$transaction(async (tx) => {
    // Runs that were under way when it went down tell nothing new: they must not make the pause longer.
    const [noted] = await tx.$queryRaw<{ failures: number }[]>`
      insert into breakers as b (backend, failures, cause, last_error) values (${backend}, 1, ${cause}, ${error})
      on conflict (backend) do update set cause = excluded.cause, last_error = excluded.last_error, trial_until = null,
        failures = b.failures + case when b.until > now() then 0 else 1 end
      returning failures`
    const pauseMs = pauseFor(cause, noted?.failures ?? 1, trouble.quotaMs)
    if (pauseMs === null) return null
    const [row] = await tx.$queryRaw<{ until: Date }[]>`
      update breakers set until = now() + make_interval(secs => ${pauseMs / 1000}::double precision)
      where backend = ${backend} returning until`
    return row?.until ?? null
  })
}

/** It did what a backend has to do, whatever became of the task. */
export async function noteWell(db: Database, backend: string): Promise<void> {
  await db.prisma.breaker.deleteMany({ where: { backend } })
}

function pauseFor(cause: Trouble, failures: number, quotaMs: number): number | null {
  if (cause === 'quota') return quotaMs
  if (cause === 'unavailable') return UNAVAILABLE_PAUSE_MS
  if (failures < FAILURES_TO_OPEN) return null
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - FAILURES_TO_OPEN), MAX_PAUSE_MS)
}
