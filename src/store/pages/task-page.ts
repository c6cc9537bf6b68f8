import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Plan } from '../../task/plan.ts'
import { MAX_ARTIFACT_BYTES, readArtifact } from '../artifacts.ts'
import type { Database } from '../database.ts'
import { decisionsOf } from '../decisions.ts'
import { evidenceOf, evidenceOfCommit } from '../evidence.ts'
import { lastMessage, surfacesOf, transitionsOf } from '../history.ts'
import { lastLines } from '../job-lines.ts'
import { jobsOf } from '../jobs.ts'
import { readTask } from '../tasks.ts'

/** The latest so many of each: a task that has more is looked at with `supervisor show`. */
const MOST = 500
const MOST_LIVE = 400

/** Everything that the page of a task shows; null: there is no such task. */
export async function readTaskPage(db: Database, id: string) {
  const task = await readTask(db, id)
  if (!task) return null
  const where = { taskId: id }
  const [
    transitions,
    decisions,
    decidedAt,
    approvals,
    jobs,
    evidence,
    artifacts,
    surfaces,
    spending,
    detail,
    plan,
    diff,
  ] = await Promise.all([
    transitionsOf(db, id),
    decisionsOf(db, id),
    db.prisma.decision.findMany({ where, select: { at: true }, orderBy: { id: 'asc' } }),
    db.prisma.approval.findMany({ where, orderBy: { id: 'asc' }, take: MOST }),
    jobsOf(db, id),
    evidenceOf(db, id, task.round),
    db.prisma.artifact.findMany({
      where,
      select: { id: true, kind: true, name: true, size: true, sha256: true, truncated: true, at: true },
      orderBy: { id: 'asc' },
      take: MOST,
    }),
    surfacesOf(db, id),
    db.prisma.spending.findMany({ where, orderBy: { id: 'asc' }, take: MOST }),
    lastMessage(db, id),
    task.planHash === null ? null : readArtifact(db, id, 'plan', task.planHash),
    readArtifact(db, id, 'diff'),
  ])
  const running = jobs.findLast((job) => job.status === 'running')
  const ofCommit = evidence.length === 0 && task.headSha !== null ? await evidenceOfCommit(db, id, task.headSha) : []
  return {
    task,
    transitions,
    decisions: decisions.map((decision, i) => ({ ...decision, at: decidedAt[i]?.at ?? task.createdAt })),
    approvals: approvals.map(({ actorId: _id, ...a }) => a),
    jobs,
    /** What the run under way has said last, oldest first; redacted, untrusted. */
    live: running ? { jobId: running.id, lines: await lastLines(db, running.id, running.attempts, MOST_LIVE) } : null,
    evidence: evidence.length > 0 ? evidence : ofCommit,
    artifacts,
    surfaces,
    spending: spending.map(({ repositoryId: _r, installationId: _i, ...s }) => s),
    detail,
    /** The latest change as a patch; untrusted. */
    diff,
    plan: plan === null ? null : (JSON.parse(plan) as Plan),
  }
}

export type TaskPage = NonNullable<Awaited<ReturnType<typeof readTaskPage>>>

/** What the page of a task would look different by; null: there is no such task. Cheap: it is asked every few seconds. */
export async function taskStamp(db: Database, id: string): Promise<string | null> {
  const rows = await db.prisma.$queryRaw<{ stamp: string }[]>`
    select t.version || '.' || (select count(*) || '.' || coalesce(max(attempts), 0) || '.' || count(finished_at) from jobs where task_id = t.id)
      || '.' || (select coalesce(max(seq), 0) from audit_heads where task_id = t.id)
      || '.' || (select count(*) from artifacts where task_id = t.id)
      || '.' || (select coalesce(max(id), 0) from job_lines where task_id = t.id) as stamp
    from tasks t where t.id = ${id}`
  return rows[0]?.stamp ?? null
}

/** One artifact of a task, as it was stored; null: there is none, or its time was over. */
export async function readArtifactById(db: Database, taskId: string, id: string) {
  const row = await db.prisma.artifact.findFirst({ where: { id, taskId } })
  if (!row) return null
  const bytes = await promisify(gunzip)(row.content, { maxOutputLength: MAX_ARTIFACT_BYTES })
  return { kind: row.kind, name: row.name, bytes }
}
