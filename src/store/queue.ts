import type { Runner, TaskList } from 'graphile-worker'
import { Logger, run, runMigrations } from 'graphile-worker'
import pg from 'pg'
import type { Tx } from './database.ts'

/**
 * graphile-worker only wakes workers: its jobs carry no state and may run twice or not at all, and nothing breaks.
 * Who owns a task is the lease's business (leases.ts); a sweep finds what a lost wake left behind.
 */
export type Wake =
  | { readonly kind: 'inbox' }
  | { readonly kind: 'reactions' }
  | { readonly kind: 'task'; readonly taskId: string }
  | { readonly kind: 'outbox'; readonly installationId: number }

const QUEUE_CONCURRENCY = 8
/** How late a wake that was set for a time may come; immediate ones come by notification. */
const POLL_MS = 500

/** Within a transaction: the wake exists if and only if the transaction commits. Equal wakes become one. */
export async function wake(tx: Tx, what: Wake, at: Date | null = null): Promise<void> {
  const { kind, ...payload } = what
  const key = `${wakeKey(what)}${at === null ? '' : ':later'}`
  await tx.$executeRaw`
    select graphile_worker.add_job(${kind}, payload => ${JSON.stringify(payload)}::json, job_key => ${key},
      max_attempts => 3, run_at => ${at}::timestamptz)`
}

export function wakeKey(what: Wake): string {
  if (what.kind === 'task') return `task:${what.taskId}`
  return what.kind === 'outbox' ? `outbox:${what.installationId}` : what.kind
}

export interface QueueHandlers {
  readonly inbox: () => Promise<void>
  readonly reactions: () => Promise<void>
  readonly task: (taskId: string) => Promise<void>
  readonly outbox: (installationId: number) => Promise<void>
}

/** Creates or upgrades the queue's own schema; safe with several starters. */
export async function migrateQueue(url: string): Promise<void> {
  const pgPool = openPool(url, () => undefined)
  try {
    await runMigrations({ pgPool, logger: quiet })
  } finally {
    await pgPool.end()
  }
}

/** Starts to take wakes. Stop it with `stop()`, which waits for handlers under way. */
export async function startQueue(
  url: string,
  handlers: QueueHandlers,
  onError: (error: unknown) => void,
): Promise<Pick<Runner, 'stop'>> {
  const pgPool = openPool(url, onError)
  const taskList: TaskList = {
    inbox: () => handlers.inbox(),
    reactions: () => handlers.reactions(),
    task: (payload) => handlers.task(String(field(payload, 'taskId'))),
    outbox: (payload) => handlers.outbox(Number(field(payload, 'installationId'))),
  }
  const runner = await run({
    pgPool,
    concurrency: QUEUE_CONCURRENCY,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    taskList,
    logger: quiet,
  })
  // A connection that breaks under the queue is its own to mend; unheard, it would end the process.
  runner.promise.catch(onError)
  return {
    stop: async () => {
      await runner.stop()
      await pgPool.end()
    },
  }
}

/**
 * A pool whose errors are heard as long as the process lives. The queue's own stops to listen before its connections are
 * closed, and a database that is shut down just then would end the process.
 */
function openPool(url: string, onError: (error: unknown) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: QUEUE_CONCURRENCY + 2 })
  pool.on('error', onError)
  // A connection that breaks while it is lent out is heard as well; nobody else would.
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

function field(payload: unknown, key: string): unknown {
  return payload !== null && typeof payload === 'object'
    ? Object.entries(payload).find(([k]) => k === key)?.[1]
    : undefined
}

/** The queue's own log repeats what ours says, and its errors carry whole payloads. */
const quiet = new Logger(() => () => undefined)
