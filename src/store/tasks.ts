import type { Repository as RepositoryRow, Task as TaskRow } from '../generated/prisma/client.ts'
import type { Settings } from '../settings/settings.ts'
import type { State } from '../task/states.ts'
import { FINAL_STATES } from '../task/states.ts'
import type {
  Actor,
  Classification,
  Outcome,
  RepositoryRef,
  RequestFlags,
  Task,
  Verdict,
  WaitingOn,
} from '../task/task.ts'
import type { Database, Tx } from './database.ts'

/** A task with the columns that only the corridor works with. */
export interface StoredTask extends Task {
  readonly settings: Settings | null
  readonly settingsSha: string | null
  readonly pushedSha: string | null
  readonly round: number
  readonly feedback: string | null
  readonly inputs: TaskInputs
}

/** What came with the command, kept as it was. */
export interface TaskInputs {
  readonly title: string
  readonly body: string
  readonly labels: readonly string[]
  readonly at: string
  readonly commentId: number | null
  /** Hidden characters that were taken out of the request at the door. */
  readonly hiddenInRequest: number
  readonly location: { readonly path: string; readonly line: number | null; readonly hunk: string } | null
  /** Answers to questions, oldest first. */
  readonly clarifications: readonly string[]
  /** What people should know besides the state: `hidden_text_removed`, a broken settings file … */
  readonly notes: readonly { readonly reasonCode: string; readonly detail: string }[]
}

export interface NewTask {
  readonly id: string
  readonly repository: RepositoryRef
  readonly issueNumber: number
  readonly isPullRequest: boolean
  readonly title: string
  readonly request: string
  readonly flags: RequestFlags
  readonly requester: Actor
  readonly baseBranch: string
  readonly budgetUsd: number
  readonly inputs: TaskInputs
}

const FINAL = [...FINAL_STATES]

/** Serialises starts on one thread, so that two commands cannot both find no open task. Held until commit. */
export async function lockThread(tx: Tx, repositoryId: number, issueNumber: number): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`thread:${repositoryId}:${issueNumber}`}, 0))`
}

export async function createTask(db: Database, tx: Tx, task: NewTask): Promise<void> {
  await tx.task.create({
    data: {
      id: task.id,
      repositoryId: BigInt(task.repository.id),
      issueNumber: task.issueNumber,
      isPullRequest: task.isPullRequest,
      title: db.text(task.title),
      request: db.text(task.request),
      flags: db.json(task.flags),
      requesterId: BigInt(task.requester.id),
      requesterLogin: task.requester.login,
      requesterType: task.requester.type,
      baseBranch: task.baseBranch,
      budgetUsd: task.budgetUsd,
      inputs: db.json(task.inputs),
    },
  })
}

export async function readTask(db: Database | { prisma: Tx }, id: string): Promise<StoredTask | null> {
  const row = await db.prisma.task.findUnique({
    where: { id },
    include: { repository: true, spending: { select: { costUsd: true } } },
  })
  return row ? toTask(row) : null
}

/** Open tasks of a thread: an issue's own, or the one that owns a pull request. Oldest first. */
export async function openTasksOf(tx: Tx, repositoryId: number, number: number): Promise<StoredTask[]> {
  return tasksOf(tx, repositoryId, number, { notIn: FINAL })
}

/** The newest task of a thread whatever its state. */
export async function latestTaskOf(tx: Tx, repositoryId: number, number: number): Promise<StoredTask | null> {
  return (await tasksOf(tx, repositoryId, number, {})).at(-1) ?? null
}

/** Newest first. */
export async function listTasks(db: Database, options: { open: boolean; limit: number }): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: options.open ? { state: { notIn: FINAL } } : {},
    include: { repository: true, spending: { select: { costUsd: true } } },
    orderBy: { id: 'desc' },
    take: options.limit,
  })
  return rows.map(toTask)
}

/** Open tasks of one repository, for `/supervise tasks`. */
export async function openTasksOfRepository(db: Database, repositoryId: number, limit: number): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: { repositoryId: BigInt(repositoryId), state: { notIn: FINAL } },
    include: { repository: true, spending: { select: { costUsd: true } } },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map(toTask)
}

/** Tasks whose workspaces must stay: open ones, and those that did not end well, for so long as the operator said. */
export async function tasksWithWorkspace(db: Database, keepMs: number): Promise<string[]> {
  const rows = await db.prisma.task.findMany({
    where: {
      OR: [
        { state: { notIn: FINAL } },
        { state: { in: ['FAILED', 'CANCELLED'] }, finishedAt: { gt: new Date(Date.now() - keepMs) } },
      ],
    },
    select: { id: true },
  })
  return rows.map((r) => r.id)
}

/**
 * Tasks that a worker should look at although nothing woke it: steps to run or commands to apply and no live lease, or
 * a rest that is over. Database time decides. One that has ended may have a command left: how its pull request went. Those
 * that wait for a place come last, because many may do so for hours, and none of the others is to stand behind them.
 */
export async function strandedTasks(db: Database, limit: number): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`
    select t.id from tasks t left join leases l on l.task_id = t.id
    where (l.until is null or l.until <= now())
      and ((t.state not in ('DONE', 'FAILED', 'CANCELLED', 'PAUSED')
          and (t.waiting_on is null or t.waiting_until <= now()))
        or exists (select 1 from commands c where c.task_id = t.id and c.applied_at is null))
    order by t.waiting_on is not distinct from 'capacity', t.id limit ${limit}`
  return rows.map((r) => r.id)
}

/** First come, first served. */
export async function oldestWaitingForCapacity(db: Database): Promise<string | null> {
  const row = await db.prisma.task.findFirst({
    where: { waitingOn: 'capacity' },
    orderBy: { updatedAt: 'asc' },
    select: { id: true },
  })
  return row?.id ?? null
}

/** How many tasks a person has started in an installation within the last hour. Two at the same time may pass as one. */
export async function tasksOfLastHour(db: Database, installationId: number, requesterId: number): Promise<number> {
  return db.prisma.task.count({
    where: {
      requesterId: BigInt(requesterId),
      createdAt: { gt: new Date(Date.now() - 3_600_000) },
      repository: { installationId: BigInt(installationId) },
    },
  })
}

async function tasksOf(
  tx: Tx,
  repositoryId: number,
  number: number,
  state: { notIn?: string[] },
): Promise<StoredTask[]> {
  const rows = await tx.task.findMany({
    where: {
      repositoryId: BigInt(repositoryId),
      OR: [{ issueNumber: number }, { pullNumber: number }],
      ...(state.notIn ? { state } : {}),
    },
    include: { repository: true, spending: { select: { costUsd: true } } },
    orderBy: { id: 'asc' },
  })
  return rows.map(toTask)
}

export function toRepositoryRef(r: RepositoryRow): RepositoryRef {
  return {
    id: Number(r.id),
    installationId: Number(r.installationId),
    owner: r.owner,
    name: r.name,
    private: r.private,
    defaultBranch: r.defaultBranch,
  }
}

/** A task as the outbox names its owner. */
export function surfaceOwner(task: Task): { id: string; repositoryId: bigint; issueNumber: number } {
  return { id: task.id, repositoryId: BigInt(task.repository.id), issueNumber: task.issueNumber }
}

function toTask(row: TaskRow & { repository: RepositoryRow; spending: { costUsd: number | null }[] }): StoredTask {
  return {
    id: row.id,
    repository: toRepositoryRef(row.repository),
    issueNumber: row.issueNumber,
    isPullRequest: row.isPullRequest,
    title: row.title,
    request: row.request,
    flags: row.flags as RequestFlags,
    requester: { id: Number(row.requesterId), login: row.requesterLogin, type: row.requesterType as Actor['type'] },
    snapshotHash: row.snapshotHash,
    classification: row.classification as Classification | null,
    planHash: row.planHash,
    baseBranch: row.baseBranch,
    baseSha: row.baseSha,
    branch: row.branch,
    headSha: row.headSha,
    pushedSha: row.pushedSha,
    pullNumber: row.pullNumber,
    verdict: row.verdict as Verdict | null,
    state: row.state as State,
    pausedFrom: row.pausedFrom as State | null,
    waitingOn: row.waitingOn as WaitingOn | null,
    waitingUntil: row.waitingUntil,
    reasonCode: row.reasonCode,
    outcome: row.outcome as Outcome,
    version: row.version,
    round: row.round,
    repairs: row.repairs,
    followUps: row.followUps,
    retries: row.retries,
    feedback: row.feedback,
    budgetUsd: row.budgetUsd,
    spentUsd: row.spending.reduce((sum, s) => sum + (s.costUsd ?? 0), 0),
    settings: row.settings as Settings | null,
    settingsSha: row.settingsSha,
    inputs: row.inputs as unknown as TaskInputs,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
