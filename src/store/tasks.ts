import { FINAL_STATES } from '../task/states.ts'
import type { Actor, RepositoryRef, RequestFlags, Task } from '../task/task.ts'
import type { Database, Tx } from './database.ts'
import type { StoredTask, TaskInputs } from './task-row.ts'
import { TASK_ROW, toRepositoryRef, toTask } from './task-row.ts'

export type { StoredTask, TaskInputs } from './task-row.ts'

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
  /** The task that this one is another try of, and what was spent until then. */
  readonly parent?: { readonly id: string; readonly spentUsd: number }
  /**
   * A branch that exists on GitHub, and its open pull request: the work goes on it. `headSha` is the work's own commit on
   * it; null where everything on it is a person's. `isOurs`: that commit is the work of a task that was done with it.
   */
  readonly branch?: {
    readonly name: string
    readonly headSha: string | null
    readonly pullNumber: number | null
    readonly isOurs?: boolean
  }
  /** 1 where it begins with what people want changed in earlier work; absent = 0. */
  readonly followUps?: number
}

const FINAL = [...FINAL_STATES]
/** More open tasks than this on one branch are not looked after at once. */
const MAX_ON_BRANCH = 200

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
      ...(task.parent ? { parentId: task.parent.id, spentBeforeUsd: task.parent.spentUsd } : {}),
      ...(task.branch
        ? { branch: task.branch.name, headSha: task.branch.headSha, pullNumber: task.branch.pullNumber }
        : {}),
      ...(task.branch?.isOurs ? { pushedSha: task.branch.headSha } : {}),
      followUps: task.followUps ?? 0,
    },
  })
}

export async function readTask(db: Database | { prisma: Tx }, id: string): Promise<StoredTask | null> {
  const row = await db.prisma.task.findUnique({
    where: { id },
    include: TASK_ROW,
  })
  return row ? toTask(row) : null
}

/** Where a task belongs; null: there is no such task. */
export async function repositoryOfTask(db: Database, id: string): Promise<RepositoryRef | null> {
  const row = await db.prisma.task.findUnique({ where: { id }, select: { repository: true } })
  return row ? toRepositoryRef(row.repository) : null
}

/** Open tasks of a thread: an issue's own, or the one that owns a pull request. Oldest first. */
export async function openTasksOf(tx: Tx, repositoryId: number, number: number): Promise<StoredTask[]> {
  return tasksOf(tx, repositoryId, number, { notIn: FINAL })
}

/** All tasks of a thread whatever their state, oldest first. */
export async function tasksOfThread(tx: Tx, repositoryId: number, number: number): Promise<StoredTask[]> {
  return tasksOf(tx, repositoryId, number, {})
}

/** Open tasks whose present head is this commit. */
export async function openTasksOnHead(db: Database, repositoryId: number, headSha: string): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: { repositoryId: BigInt(repositoryId), headSha, state: { notIn: FINAL } },
    include: TASK_ROW,
    orderBy: { id: 'asc' },
  })
  return rows.map(toTask)
}

/** Open tasks that start from a branch or work on it. */
export async function openTasksOnBranch(db: Database, repositoryId: number, branch: string): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: {
      repositoryId: BigInt(repositoryId),
      OR: [{ baseBranch: branch }, { branch }],
      state: { notIn: FINAL },
    },
    include: TASK_ROW,
    orderBy: { id: 'asc' },
    take: MAX_ON_BRANCH,
  })
  return rows.map(toTask)
}

/** The newest task of a thread whatever its state. */
export async function latestTaskOf(tx: Tx, repositoryId: number, number: number): Promise<StoredTask | null> {
  return (await tasksOf(tx, repositoryId, number, {})).at(-1) ?? null
}

/** Newest first. */
export async function listTasks(db: Database, options: { open: boolean; limit: number }): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: options.open ? { state: { notIn: FINAL } } : {},
    include: TASK_ROW,
    orderBy: { id: 'desc' },
    take: options.limit,
  })
  return rows.map(toTask)
}

/** Open tasks of one repository, for `/supervise tasks`. */
export async function openTasksOfRepository(db: Database, repositoryId: number, limit: number): Promise<StoredTask[]> {
  const rows = await db.prisma.task.findMany({
    where: { repositoryId: BigInt(repositoryId), state: { notIn: FINAL } },
    include: TASK_ROW,
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
          and (t.waiting_on is null or t.waiting_until <= now()
            -- What it waited for has arrived, or never will; the receipt's own wake was lost.
            or (t.waiting_on = 'ci' and t.reason_code <> 'ci_awaited' and ((t.pull_number is not null and t.pushed_sha = t.head_sha) or exists (
              select 1 from outbox o where o.task_id = t.id and o.surface in ('branch', 'pull') and o.dead_at is not null)))))
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
    include: TASK_ROW,
    orderBy: { id: 'asc' },
  })
  return rows.map(toTask)
}

/** A task as the outbox names its owner. */
export function surfaceOwner(task: Task): { id: string; repositoryId: bigint; issueNumber: number } {
  return { id: task.id, repositoryId: BigInt(task.repository.id), issueNumber: task.issueNumber }
}
