import type { Job as JobRow } from '../generated/prisma/client.ts'
import type { Capability } from '../task/capability.ts'
import type { Job, JobStatus, PassedOver, RunResult } from '../task/job.ts'
import type { PlannedJob } from '../task/plan.ts'
import type { Database, Tx } from './database.ts'
import { newId } from './ids.ts'
import type { Lease } from './leases.ts'
import { underLease } from './leases.ts'

/** Jobs of the round, or of the last one before it that had any: a round may be a verification alone. */
export async function latestJobsOf(db: Database, taskId: string, round: number): Promise<Job[]> {
  const last = await db.prisma.job.findFirst({
    where: { taskId, round: { lte: round } },
    orderBy: { round: 'desc' },
    select: { round: true },
  })
  return last === null ? [] : jobsOf(db, taskId, last.round)
}

/** The job of this round, made if it is not there. A finished one is a checkpoint: it is not run again. */
export async function openJob(db: Database, lease: Lease, planned: PlannedJob, round: number): Promise<Job> {
  return underLease(db, lease, async (tx) => {
    const where = { taskId_key_round: { taskId: lease.taskId, key: planned.key, round } }
    const row = await tx.job.upsert({
      where,
      update: {},
      create: {
        id: newId(),
        taskId: lease.taskId,
        key: planned.key,
        round,
        type: planned.type,
        capability: planned.capability,
        goal: planned.goal,
        timeoutMs: planned.timeoutMs,
        maxAttempts: planned.maxAttempts,
        dependsOn: [...planned.dependsOn],
        parallelGroup: planned.parallelGroup,
        expectedArtifacts: [...planned.expectedArtifacts],
      },
    })
    return toJob(row)
  })
}

export async function startJob(
  db: Database,
  lease: Lease,
  jobId: string,
  backend: string,
  promptHash: string,
  passedOver: readonly PassedOver[] = [],
): Promise<Job> {
  return underLease(db, lease, async (tx) => {
    const data = {
      status: 'running',
      backend,
      passedOver: passedOver.map(({ backend: name, reasonCode }) => ({ backend: name, reasonCode })),
      promptHash,
      attempts: { increment: 1 },
      epoch: lease.epoch,
      startedAt: new Date(),
    }
    return toJob(await tx.job.update({ where: { id: jobId }, data }))
  })
}

/** A job that nobody could be asked to do leaves no row: it does not wait for anything. */
export async function dropUnstarted(db: Database, lease: Lease, jobId: string): Promise<void> {
  await underLease(db, lease, (tx) => tx.job.deleteMany({ where: { id: jobId, status: 'queued', attempts: 0 } }))
}

/** The result and what it cost, in one commit. Spending is keyed by attempt, so a repeat cannot count twice. */
export async function finishJob(
  db: Database,
  lease: Lease,
  job: Job,
  status: Extract<JobStatus, 'succeeded' | 'failed' | 'cancelled'>,
  result: RunResult,
  headSha: string | null,
): Promise<void> {
  await underLease(db, lease, async (tx) => {
    await tx.job.update({
      where: { id: job.id },
      data: {
        status,
        result: db.json(result),
        sessionId: result.sessionId,
        tokensIn: { increment: result.tokensIn },
        tokensOut: { increment: result.tokensOut },
        costUsd: result.costUsd,
        headSha,
        finishedAt: new Date(),
      },
    })
    await bookSpending(tx, job, result)
  })
}

/** Jobs of one round, or of all, oldest first. */
export async function jobsOf(db: Database, taskId: string, round?: number): Promise<Job[]> {
  const rows = await db.prisma.job.findMany({
    where: { taskId, ...(round === undefined ? {} : { round }) },
    orderBy: { id: 'asc' },
  })
  return rows.map(toJob)
}

async function bookSpending(tx: Tx, job: Job, result: RunResult): Promise<void> {
  await tx.$executeRaw`
    insert into spending (id, task_id, job_id, attempt, repository_id, installation_id, backend, tokens_in, tokens_out, cost_usd, duration_ms)
    select ${newId()}, t.id, ${job.id}, ${job.attempts}, r.id, r.installation_id, ${job.backend ?? 'unknown'},
      ${result.tokensIn}, ${result.tokensOut}, ${result.costUsd}, ${Math.round(result.durationMs)}
    from tasks t join repositories r on r.id = t.repository_id where t.id = ${job.taskId}
    on conflict (job_id, attempt) do nothing`
}

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    taskId: row.taskId,
    key: row.key,
    round: row.round,
    type: row.type,
    capability: row.capability as Capability,
    backend: row.backend,
    passedOver: row.passedOver as readonly unknown[] as readonly PassedOver[],
    goal: row.goal,
    status: row.status as JobStatus,
    attempts: row.attempts,
    result: row.result as RunResult | null,
    headSha: row.headSha,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  }
}
