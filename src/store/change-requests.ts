/**
 * Requests for changes are rows of the command table: heard, then taken together into one follow-up (SPEC 11.2). A row
 * that is `changes_heard` and of no follow-up waits for its round.
 */
import type { Prisma } from '../generated/prisma/client.ts'
import type { ChangeRequest } from '../task/change-request.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Database, Tx } from './database.ts'

const WAITING = { followUp: null, reasonCode: 'changes_heard' satisfies ReasonCode } as const
/** More than that in one round are worked on, but not all of them are shown. */
const MAX_REQUESTS = 50

/** When the last of the requests came that wait for their round; null = none waits. */
export async function lastHeardAt(db: Database, taskId: string): Promise<Date | null> {
  const last = await db.prisma.command.findFirst({
    where: { taskId, ...WAITING },
    orderBy: { createdAt: 'desc' },
    select: { createdAt: true },
  })
  return last?.createdAt ?? null
}

/**
 * What people are told was heard: also what the lease holder has not come to yet, because an agent is at work. A review of
 * a person's own work is none of ours; it is left out where it is applied.
 */
export async function askedOf(db: Database, taskId: string, options: { reviews: boolean }): Promise<string[]> {
  const unread = { appliedAt: null, permission: { in: ['admin', 'write'] } }
  const rows = await db.prisma.command.findMany({
    where: {
      taskId,
      followUp: null,
      OR: [
        WAITING,
        { ...unread, verb: 'follow_up' },
        ...(options.reviews
          ? [{ ...unread, verb: 'review_submitted', argument: { path: ['verdict'], equals: 'request_changes' } }]
          : []),
      ],
    },
    orderBy: { seq: 'asc' },
    take: MAX_REQUESTS,
    select: { actorLogin: true },
  })
  return rows.map((r) => r.actorLogin)
}

/** All that waits becomes that follow-up of the task. Only the lease holder hears and takes, so none is lost between. */
export async function takeRequests(tx: Tx, taskId: string, followUp: number): Promise<void> {
  const reasonCode: ReasonCode = 'changes_requested'
  await tx.command.updateMany({ where: { taskId, ...WAITING }, data: { followUp, reasonCode } })
}

/** What began a task is what its first follow-up works on. */
export async function joinRequest(
  tx: Tx,
  sourceKey: string,
  argument: Prisma.InputJsonValue,
  followUp: number,
): Promise<void> {
  const reasonCode: ReasonCode = 'changes_requested'
  await tx.command.updateMany({ where: { sourceKey }, data: { argument, followUp, reasonCode } })
}

/** The request was taken back before the work on it began. */
export async function withdrawRequest(tx: Tx, taskId: string, sourceKey: string): Promise<void> {
  const reasonCode: ReasonCode = 'changes_withdrawn'
  await tx.command.updateMany({ where: { taskId, sourceKey, ...WAITING }, data: { reasonCode } })
}

/** What a follow-up was asked to do, oldest first; untrusted. It stands through the repairs of its round. */
export async function requestsOf(db: Database, taskId: string, followUp: number): Promise<ChangeRequest[]> {
  const rows = await db.prisma.command.findMany({
    where: { taskId, followUp },
    orderBy: { seq: 'asc' },
    take: MAX_REQUESTS,
    select: { argument: true, actorLogin: true },
  })
  return rows.map(({ argument, actorLogin }) => {
    const { body, lines } = (argument ?? {}) as { body?: unknown; lines?: unknown }
    return {
      author: actorLogin,
      text: typeof body === 'string' ? body : '',
      // Rows of an older version have no lines.
      lines: Array.isArray(lines) ? (lines as ChangeRequest['lines']) : [],
    }
  })
}
