import type { ReasonCode } from '../task/reasons.ts'
import type { Actor } from '../task/task.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'
import type { Lease } from './leases.ts'
import { underLease } from './leases.ts'
import { wake } from './queue.ts'

/** Postgres channel on which a lease holder hears that a command for its task has come. */
export const COMMAND_CHANNEL = 'supervisor_commands'

export interface NewCommand {
  readonly sourceKey: string
  readonly deliveryId: string | null
  readonly taskId: string | null
  readonly repositoryId: number
  readonly issueNumber: number
  /** A verb, or the kind of a happening. */
  readonly verb: string
  readonly argument: unknown
  readonly actor: Actor
  readonly permission: string
  /** Already answered at the door: nothing is left to apply. */
  readonly settledAs: ReasonCode | null
}

export interface StoredCommand {
  readonly id: string
  readonly sourceKey: string
  /** The thread in which it was said: the issue, or the pull request. */
  readonly issueNumber: number
  readonly verb: string
  readonly argument: unknown
  readonly actor: { readonly id: number; readonly login: string }
  readonly permission: string
  readonly createdAt: Date
}

/**
 * Stores a command once, whatever delivered it, and wakes its task's lease holder.
 * @returns false when the same source has been stored before
 */
export async function insertCommand(db: Database, tx: Tx, c: NewCommand): Promise<boolean> {
  const inserted = await tx.command.createMany({
    skipDuplicates: true,
    data: [
      {
        id: newId(),
        sourceKey: c.sourceKey,
        deliveryId: c.deliveryId,
        taskId: c.taskId,
        repositoryId: BigInt(c.repositoryId),
        issueNumber: c.issueNumber,
        verb: c.verb,
        argument: db.json(c.argument),
        actorId: BigInt(c.actor.id),
        actorLogin: c.actor.login,
        permission: c.permission,
        ...(c.settledAs === null ? {} : { appliedAt: new Date(), reasonCode: c.settledAs }),
      },
    ],
  })
  if (inserted.count === 0) return false
  if (c.taskId !== null && c.settledAs === null) {
    await tx.$executeRaw`select pg_notify(${COMMAND_CHANNEL}, ${c.taskId})`
    await wake(tx, { kind: 'task', taskId: c.taskId })
  }
  return true
}

export async function isKnownCommand(db: Database, sourceKey: string): Promise<boolean> {
  return (await db.prisma.command.count({ where: { sourceKey } })) > 0
}

/** What became of a command; null = nobody has applied it yet. */
export async function commandSettledAs(db: Database, sourceKey: string): Promise<string | null> {
  const row = await db.prisma.command.findUnique({ where: { sourceKey }, select: { reasonCode: true } })
  return row?.reasonCode ?? null
}

/** Those of the sources whose command is stored already. */
export async function knownCommands(db: Database, sourceKeys: readonly string[]): Promise<Set<string>> {
  if (sourceKeys.length === 0) return new Set()
  const rows = await db.prisma.command.findMany({
    where: { sourceKey: { in: [...sourceKeys] } },
    select: { sourceKey: true },
  })
  return new Set(rows.map((r) => r.sourceKey))
}

/** What the lease holder has to apply, in the order in which it came. */
export async function pendingCommands(db: Database, taskId: string, limit = 50): Promise<StoredCommand[]> {
  const rows = await db.prisma.command.findMany({
    where: { taskId, appliedAt: null },
    orderBy: { seq: 'asc' },
    take: limit,
  })
  return rows.map((r) => ({
    id: r.id,
    sourceKey: r.sourceKey,
    issueNumber: r.issueNumber,
    verb: r.verb,
    argument: r.argument,
    actor: { id: Number(r.actorId), login: r.actorLogin },
    permission: r.permission,
    createdAt: r.createdAt,
  }))
}

/** Marks a command as applied, in a transaction of its own or in that of the move it caused. */
export async function settleCommand(tx: Tx, id: string, reasonCode: ReasonCode): Promise<void> {
  await tx.command.update({ where: { id }, data: { appliedAt: new Date(), reasonCode } })
}

export async function settleCommandUnderLease(
  db: Database,
  lease: Lease,
  id: string,
  reasonCode: ReasonCode,
): Promise<void> {
  await underLease(db, lease, (tx) => settleCommand(tx, id, reasonCode))
}
