import type { Database, Tx } from './database.ts'

/** One line of what an agent says while it works: what it prints, what it writes to people, which tool it takes. */
export interface JobLine {
  readonly kind: 'output' | 'message' | 'tool' | 'left_out'
  readonly text: string
}

/** Lines of one run that are kept while it runs; what is older is in the log that is stored at its end. */
export const MOST_LINES = 2_000
const KEPT_HOURS = 24
const FORGOTTEN_AT_ONCE = 20_000

/** Adds lines of a run that are redacted already, and lets go of its oldest ones. */
export async function addLines(
  tx: Tx,
  job: { readonly id: string; readonly taskId: string; readonly attempts: number },
  lines: readonly JobLine[],
): Promise<void> {
  const { id: jobId, taskId, attempts: attempt } = job
  await tx.jobLine.createMany({ data: lines.map(({ kind, text }) => ({ taskId, jobId, attempt, kind, text })) })
  await tx.$executeRaw`
    delete from job_lines where job_id = ${jobId} and attempt = ${attempt} and id <= (
      select id from job_lines where job_id = ${jobId} and attempt = ${attempt}
      order by id desc offset ${MOST_LINES} limit 1)`
}

/** The last lines of a run, oldest first. */
export async function lastLines(db: Database, jobId: string, attempt: number, limit: number): Promise<JobLine[]> {
  const rows = await db.prisma.jobLine.findMany({
    where: { jobId, attempt },
    orderBy: { id: 'desc' },
    take: limit,
    select: { kind: true, text: true },
  })
  return rows.toReversed().map(({ kind, text }) => ({ kind: kind as JobLine['kind'], text }))
}

/** A day after a task has ended its lines go; logs and transcripts stay as long as artifacts do. */
export async function forgetLines(db: Database): Promise<number> {
  return db.prisma.$executeRaw`
    delete from job_lines where id in (
      select l.id from job_lines l join tasks t on t.id = l.task_id
      where t.finished_at < now() - make_interval(hours => ${KEPT_HOURS}) limit ${FORGOTTEN_AT_ONCE})`
}
