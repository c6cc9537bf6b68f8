import pg from 'pg'
import { redactor } from '../../src/redact/redact.ts'
import type { Move, Position } from '../../src/store/advance.ts'
import { advance } from '../../src/store/advance.ts'
import type { Database, Tx } from '../../src/store/database.ts'
import { openDatabase } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import type { Lease } from '../../src/store/leases.ts'
import { takeLease } from '../../src/store/leases.ts'
import { saveRepository } from '../../src/store/repositories.ts'
import type { NewTask, StoredTask } from '../../src/store/tasks.ts'
import { createTask, readTask } from '../../src/store/tasks.ts'
import type { Event, State } from '../../src/task/states.ts'
import { nextState, TRANSITIONS } from '../../src/task/states.ts'
import type { RepositoryRef } from '../../src/task/task.ts'
import { createTestDatabase } from './database.ts'
import { until } from './until.ts'

/** A value that the stores of these tests must never show again. */
export const SECRET = 'correct-horse-battery-staple-42'

export const REPOSITORY: RepositoryRef = {
  id: 7,
  installationId: 70,
  owner: 'acme',
  name: 'app',
  private: true,
  defaultBranch: 'main',
}

export interface TestStore {
  readonly db: Database
  /** Plain SQL as the owner of the database, past everything that src/store does. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** A task in INTAKE of {@link REPOSITORY}, on an issue of its own. @returns its id */
  newTask(over?: Partial<NewTask>): Promise<string>
  task(id: string): Promise<StoredTask>
  lease(taskId: string, owner?: string): Promise<Lease>
  /** Lets time pass for a lease: it has run out. */
  expire(taskId: string): Promise<void>
  /** Waits until so many connections stand still because somebody else holds a lock that they want. */
  untilBlocked(count?: number): Promise<void>
  /** Ends the connection of a transaction, as a restart of the server does. */
  breakConnection(tx: Tx): Promise<void>
  /** Drives a task from INTAKE along the shortest way through the table. */
  walk(lease: Lease, to: State, last?: Partial<Move>): Promise<Position>
  close(): Promise<void>
}

/**
 * A migrated database of its own, opened as the program opens it. Close it in `afterAll`.
 * @param options.timeZone of the server, where it is not to be the default
 */
export async function openTestStore(options: { readonly timeZone?: string } = {}): Promise<TestStore> {
  const database = await createTestDatabase()
  if (options.timeZone) await setTimeZone(database.url, options.timeZone)
  const redact = redactor({ values: [SECRET] })
  const db = openDatabase({ url: database.url, redact, onError: () => undefined })
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => undefined)
  let issues = 0

  const sql = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, [...values])).rows
  const task = async (id: string): Promise<StoredTask> => {
    const found = await readTask(db, id)
    if (!found) throw new Error(`there is no task ${id}`)
    return found
  }
  return {
    db,
    sql,
    task,
    newTask: async (over = {}) => {
      const id = over.id ?? newId()
      await db.prisma.$transaction(async (tx) => {
        const made = { ...defaultTask(id, ++issues), ...over }
        await saveRepository(tx, made.repository)
        await createTask(db, tx, made)
      })
      return id
    },
    lease: async (taskId, owner = 'worker-1') => {
      const lease = await takeLease(db, taskId, owner)
      if (!lease) throw new Error(`task ${taskId} is somebody else's`)
      return lease
    },
    expire: async (taskId) => {
      await sql(`update leases set until = now() - interval '1 second' where task_id = $1`, [taskId])
    },
    untilBlocked: async (count = 1) => {
      await until('connection that waits for a lock', async () => {
        const rows = await sql(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length >= count
      })
    },
    breakConnection: async (tx) => {
      const [row] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`
      await sql('select pg_terminate_backend($1)', [row?.pid])
      await until('end of the connection', async () => {
        return (await sql('select 1 from pg_stat_activity where pid = $1', [row?.pid])).length === 0
      })
    },
    walk: async (lease, to, last = {}) => {
      const { state, version } = await task(lease.taskId)
      let position: Position | null = { state, version }
      const events = wayTo(to)
      for (const [i, event] of events.entries()) {
        const extra = i === events.length - 1 ? last : {}
        position = await advance(db, lease, position, { event, reasonCode: 'wait_over', ...extra })
        if (!position) throw new Error(`somebody moved task ${lease.taskId}`)
      }
      return position
    },
    close: async () => {
      await db.close()
      await pool.end()
      await database.drop()
    },
  }
}

async function setTimeZone(url: string, timeZone: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const name = client.escapeIdentifier(new URL(url).pathname.slice(1))
    await client.query(`alter database ${name} set timezone to ${client.escapeLiteral(timeZone)}`)
  } finally {
    await client.end()
  }
}

/** Events of the shortest way from INTAKE, breadth first; the table has one to every state. */
export function wayTo(wanted: State): Event[] {
  const queue: { state: State; events: Event[] }[] = [{ state: 'INTAKE', events: [] }]
  const seen = new Set<State>()
  for (const { state, events } of queue) {
    if (state === wanted) return events
    if (seen.has(state)) continue
    seen.add(state)
    for (const event of Object.keys(TRANSITIONS[state]) as Event[]) {
      const next = nextState(state, event)
      if (next) queue.push({ state: next, events: [...events, event] })
    }
  }
  throw new Error(`no way leads to ${wanted}`)
}

function defaultTask(id: string, issueNumber: number): NewTask {
  return {
    id,
    repository: REPOSITORY,
    issueNumber,
    isPullRequest: false,
    title: 'A title',
    request: 'do it',
    flags: {},
    requester: { id: 1, login: 'maintainer', type: 'User' },
    baseBranch: 'main',
    budgetUsd: 5,
    inputs: {
      title: 'A title',
      body: '',
      labels: [],
      at: '2026-01-01T00:00:00Z',
      commentId: null,
      hiddenInRequest: 0,
      location: null,
      clarifications: [],
      notes: [],
    },
  }
}
