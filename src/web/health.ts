import type { Database } from '../store/database.ts'

/** What a process can say of itself. An empty list: all is well. */
export interface Health {
  /** Why this process should be started anew. A database that is away is no such reason. */
  live(): readonly string[]
  /** Why nothing should be sent here now. */
  ready(): Promise<readonly string[]>
  /** From now on it is not ready: it is being stopped. */
  stopping(): void
}

/** The worker half looks around every five seconds; a turn may take long where the database is slow. */
const HANGS_AFTER_MS = 120_000
const DATABASE_MS = 2_000
/** Whoever asks more often is given the same answer, so that asking cannot become a load. */
const FRESH_MS = 1_000

/** @param turnedAt when the worker half last looked around; null = this process has none */
export function createHealth(db: Database, turnedAt: (() => Date) | null): Health {
  let isStopping = false
  let asked: { at: number; answer: Promise<boolean> } | null = null
  return {
    live: () =>
      turnedAt !== null && Date.now() - turnedAt().getTime() > HANGS_AFTER_MS
        ? [`worker: has not looked around since ${turnedAt().toISOString()}`]
        : [],
    ready: async () => {
      if (isStopping) return ['stopping']
      if (asked === null || Date.now() - asked.at > FRESH_MS) asked = { at: Date.now(), answer: isDatabaseThere(db) }
      return (await asked.answer) ? [] : [`database: no answer within ${DATABASE_MS / 1_000} s`]
    },
    stopping: () => {
      isStopping = true
    },
  }
}

async function isDatabaseThere({ inboxPool }: Database): Promise<boolean> {
  const limit = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => limit.resolve(false), DATABASE_MS)
  try {
    // What acknowledges webhooks is what is asked; it must be able to read what it writes to, too.
    const answer = inboxPool.query('select 1 from deliveries limit 1').then(
      () => true,
      () => false,
    )
    return await Promise.race([answer, limit.promise])
  } finally {
    clearTimeout(timer)
  }
}
