import type { State } from '../task/states.ts'
import type { Database } from './database.ts'

/** One row of the audit trail. */
export interface TransitionRecord {
  readonly version: number
  readonly from: State
  readonly event: string
  readonly to: State
  readonly reasonCode: string
  readonly actor: string
  readonly waitingOn: string | null
  readonly facts: unknown
  readonly epoch: number
  readonly at: Date
  readonly hash: string
}

/** The whole audit trail of a task, oldest first. */
export async function transitionsOf(db: Database, taskId: string): Promise<TransitionRecord[]> {
  const rows = await db.prisma.transition.findMany({ where: { taskId }, orderBy: { version: 'asc' } })
  return rows.map(({ id: _id, taskId: _task, fromState, toState, ...r }) => ({
    ...r,
    from: fromState as State,
    to: toState as State,
  }))
}

/** The task whose id is this or ends so; null when none or several do. */
export async function findTaskId(db: Database, idOrEnd: string): Promise<string | null> {
  const end = idOrEnd.toUpperCase()
  if (!/^[0-9A-Z]{4,26}$/.test(end)) return null
  const rows = await db.prisma.task.findMany({ where: { id: { endsWith: end } }, select: { id: true }, take: 2 })
  return rows.length === 1 ? (rows[0]?.id ?? null) : null
}

/** What went to GitHub for a task, and what waits or was given up. */
export async function surfacesOf(db: Database, taskId: string) {
  const rows = await db.prisma.outbox.findMany({ where: { taskId }, orderBy: { rank: 'asc' } })
  return rows.map((r) => ({
    surface: r.surface,
    key: r.key,
    remoteId: r.remoteId,
    waiting: r.wanted > r.sent && r.deadAt === null,
    givenUp: r.deadAt !== null,
    lastError: r.lastError,
    sentAt: r.sentAt,
  }))
}

/** What the last transition said in words of its own, for example of a failure; null when it said nothing. */
export async function lastMessage(db: Database, taskId: string): Promise<string | null> {
  const row = await db.prisma.transition.findFirst({
    where: { taskId },
    orderBy: { version: 'desc' },
    select: { facts: true },
  })
  const { message } = (row?.facts ?? {}) as { message?: unknown }
  return typeof message === 'string' ? message : null
}

/** The commit from which the latest follow-up went out; null where there was none. */
export async function followUpStart(db: Database, taskId: string): Promise<string | null> {
  const row = await db.prisma.transition.findFirst({
    where: { taskId, event: 'changes_requested' },
    orderBy: { version: 'desc' },
    select: { facts: true },
  })
  const { head } = (row?.facts ?? {}) as { head?: unknown }
  return typeof head === 'string' ? head : null
}

/**
 * How often people sent the plan back or changed what it is made from: the same words twice still make a new plan, with a
 * hash of its own.
 */
export async function revisionsOf(db: Database, taskId: string): Promise<number> {
  return db.prisma.transition.count({ where: { taskId, event: { in: ['revised', 'text_changed'] } } })
}

/** What the latest pause wrote down to come back to; null where there was none. */
export async function lastPause(db: Database, taskId: string): Promise<unknown> {
  const where = { taskId, event: 'pause' }
  return (
    (await db.prisma.transition.findFirst({ where, orderBy: { version: 'desc' }, select: { facts: true } }))?.facts ??
    null
  )
}

/** Transitions of a task that are looked at for the beginning of its last wait; a wait has fewer. */
const MAX_LOOKS = 1_000

/**
 * Since when the task has waited for this one thing without a break, by the last transitions: the looks in between are
 * part of the wait. null = it does not wait for it.
 */
export async function waitingSince(db: Database, taskId: string, reasonCode: string): Promise<Date | null> {
  const rows = await db.prisma.transition.findMany({
    where: { taskId },
    orderBy: { version: 'desc' },
    take: MAX_LOOKS,
    select: { event: true, reasonCode: true, at: true },
  })
  const end = rows.findIndex((row) => row.reasonCode !== reasonCode && !isLook(row))
  const wait = end === -1 ? rows : rows.slice(0, end)
  return wait.findLast((row) => row.reasonCode === reasonCode)?.at ?? null
}

const isLook = ({ event, reasonCode }: { event: string; reasonCode: string }): boolean =>
  event === 'woke' && reasonCode === 'wait_over'
