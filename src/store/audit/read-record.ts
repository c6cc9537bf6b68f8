import type { Transition } from '../../generated/prisma/client.ts'
import type { Database } from '../database.ts'

/** One link of a task's record, as the database wrote it (migrations/0050_record). */
export interface AuditLink {
  readonly seq: number
  readonly kind: string
  /** What it is about: the version of a transition, `<round>:<transaction>:<id>` of evidence, the key of a surface, else a row's id. */
  readonly subject: string
  /** What was bound, where no row keeps it; else null. */
  readonly content: string | null
  /** SHA-256 of what was bound. */
  readonly digest: string
  readonly at: Date
  readonly hash: string
}

/** A row that the record must hold, in the very text that its link binds. */
interface RecordedRow {
  readonly kind: string
  readonly subject: string
  readonly content: string
}

/** A task's record beside the rows that it is about, as of one moment. */
export interface TaskRecord {
  readonly taskId: string
  readonly links: readonly AuditLink[]
  /** null = there is none. */
  readonly head: { readonly seq: number; readonly hash: string } | null
  readonly rows: readonly RecordedRow[]
  /** What GitHub has of each surface, as the outbox believes; only those that a link tells of are looked at. */
  readonly surfaces: readonly { readonly key: string; readonly sentHash: string }[]
  readonly transitions: readonly Transition[]
  /** Last link of the older chain, over the transitions alone. */
  readonly transitionHead: { readonly version: number; readonly hash: string }
}

/** Reads a task's whole record in one snapshot, so that a task at work can be looked at, too. null: there is no such task. */
export async function readRecord(db: Database, taskId: string): Promise<TaskRecord | null> {
  return db.prisma.$transaction(
    async (tx) => {
      const task = await tx.task.findUnique({ where: { id: taskId }, select: { version: true, auditHash: true } })
      if (!task) return null
      const links = await tx.auditEntry.findMany({ where: { taskId }, orderBy: { seq: 'asc' } })
      const rows = await tx.$queryRaw<RecordedRow[]>`
        select 'transition' as kind, version::text as subject, audit_content(t) as content from transitions t where task_id = ${taskId}
        union all select 'decision', id, audit_content(d) from decisions d where task_id = ${taskId}
        union all select 'approval', id, audit_content(a) from approvals a where task_id = ${taskId}
        union all select 'approval_voided', id, audit_voided(a) from approvals a where task_id = ${taskId} and voided_at is not null
        union all select 'evidence', id, audit_content(e) from evidence e where task_id = ${taskId}`
      const surfaces = await tx.outbox.findMany({
        where: { taskId, sentHash: { not: null } },
        select: { key: true, sentHash: true },
      })
      return {
        taskId,
        links: links.map(({ taskId: _task, ...link }) => link),
        head: await tx.auditHead.findUnique({ where: { taskId }, select: { seq: true, hash: true } }),
        rows,
        surfaces: surfaces.map(({ key, sentHash }) => ({ key, sentHash: sentHash ?? '' })),
        transitions: await tx.transition.findMany({ where: { taskId }, orderBy: { version: 'asc' } }),
        transitionHead: { version: task.version, hash: task.auditHash },
      }
    },
    { isolationLevel: 'RepeatableRead' },
  )
}

const PAGE = 500

/** The ids of all tasks, oldest first, page by page. */
export async function* everyTaskId(db: Database): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const page = await db.prisma.task.findMany({
      where: { id: { gt: after } },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: PAGE,
    })
    for (const { id } of page) yield id
    const last = page.at(-1)
    if (last === undefined) return
    after = last.id
  }
}
