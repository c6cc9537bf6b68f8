import type { Prisma } from '../generated/prisma/client.ts'
import { canonicalJson, sha256 } from '../task/hash.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Event, State } from '../task/states.ts'
import { isFinal, nextState } from '../task/states.ts'
import type { WaitingOn } from '../task/task.ts'
import type { Database, Tx } from './database.ts'
import type { Lease } from './leases.ts'
import { underLease } from './leases.ts'
import { touchSurfaces } from './outbox.ts'

/** Columns of a task that a transition may set along with the state; never the state itself. */
export type TaskPatch = Omit<
  Prisma.TaskUncheckedUpdateInput,
  | 'id'
  | 'state'
  | 'version'
  | 'auditHash'
  | 'waitingOn'
  | 'waitingUntil'
  | 'reasonCode'
  | 'pausedFrom'
  | 'finishedAt'
  | 'updatedAt'
>

export interface Move {
  readonly event: Event
  readonly reasonCode: ReasonCode
  /** Login of the person who caused it, or `supervisor`. */
  readonly actor?: string
  readonly facts?: unknown
  /** Why and until when the task rests in the state that it reaches; absent = it does not rest. */
  readonly rest?: { readonly waitingOn: WaitingOn; readonly until: Date | null }
  readonly patch?: TaskPatch
  /** Other writes that belong to the same commit. */
  readonly also?: (tx: Tx) => Promise<void>
}

export interface Position {
  readonly state: State
  readonly version: number
}

/**
 * The only writer of the state column. One transaction: the lease is checked, state and version are compared, the audit
 * row is inserted (a trigger of the database moves the task, and refuses what the table does not allow), the patch and
 * everything that the move sets going are written.
 *
 * @returns where the task is now, or null when somebody else moved it first: stop quietly.
 * @throws LeaseLost; Error when the table has no such transition, which is a bug
 */
export async function advance(db: Database, lease: Lease, from: Position, move: Move): Promise<Position | null> {
  return underLease(db, lease, async (tx) => {
    // Locked first: of two movers the second then sees what the first has done, instead of the trigger's refusal.
    await tx.$queryRaw`select 1 from tasks where id = ${lease.taskId} for update`
    const task = await tx.task.findUnique({ where: { id: lease.taskId } })
    if (!task || task.state !== from.state || task.version !== from.version) return null
    const to = nextState(from.state, move.event, task.pausedFrom as State | null)
    if (to === null) throw new Error(`no transition ${from.state} × ${move.event} (task ${lease.taskId})`)

    const version = task.version + 1
    const row = {
      taskId: task.id,
      version,
      fromState: from.state,
      event: move.event,
      toState: to,
      reasonCode: move.reasonCode,
      actor: db.text(move.actor ?? 'supervisor'),
      facts: db.json(move.facts ?? {}),
      waitingOn: move.rest?.waitingOn ?? null,
      epoch: lease.epoch,
      at: new Date(),
    }
    const hash = auditHash(task.auditHash, row)
    await tx.transition.create({ data: { ...row, hash } })
    await tx.task.update({
      where: { id: task.id },
      data: {
        ...move.patch,
        ...(typeof move.patch?.feedback === 'string' ? { feedback: db.text(move.patch.feedback) } : {}),
        ...(to === from.state ? {} : { retries: 0 }),
        pausedFrom: to === 'PAUSED' ? from.state : null,
        waitingUntil: move.rest?.until ?? null,
        auditHash: hash,
        ...(isFinal(to) ? { finishedAt: row.at } : {}),
      },
    })
    await move.also?.(tx)
    await touchSurfaces(tx, task.id)
    return { state: to, version }
  })
}

/** The chain's next link: SHA-256 over the previous one and the row. `supervisor audit` repeats it. */
export function auditHash(previous: string, row: Record<string, unknown> & { readonly at: Date }): string {
  return sha256(`${previous}\n${canonicalJson({ ...row, at: row.at.toISOString() })}`)
}
