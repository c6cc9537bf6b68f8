import type { Repository as RepositoryRow, Task as TaskRow } from '../generated/prisma/client.ts'
import type { Settings } from '../settings/settings.ts'
import type { LineComment } from '../task/change-request.ts'
import type { LineLocation } from '../task/line-thread.ts'
import type { State } from '../task/states.ts'
import type {
  Actor,
  Classification,
  Outcome,
  RepositoryRef,
  RequestFlags,
  Task,
  TaskType,
  Verdict,
  WaitingOn,
} from '../task/task.ts'

/** A task with the columns that only the corridor works with. */
export interface StoredTask extends Task {
  /** The task that this one is another try of. */
  readonly parentId: string | null
  readonly settings: Settings | null
  readonly settingsSha: string | null
  readonly pushedSha: string | null
  readonly round: number
  /** How often a reviewer has sent the change back since people last asked for something. */
  readonly reviewRounds: number
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
  readonly location: LineLocation | null
  /** Comments on lines, where the request is the body of a review. */
  readonly lines?: readonly LineComment[]
  /** Where the branch stood when the task began, where an earlier task of ours has worked on it. */
  readonly startSha?: string
  /** Who opened the pull request that the task works on. */
  readonly pullAuthorId?: number
  /** Answers to questions, oldest first. */
  readonly clarifications: readonly string[]
  /** What kind of work an answer said it is. */
  readonly told?: TaskType
  /** Which of the several tasks that the request holds an answer chose: it is the request now. */
  readonly only?: string
  /** Title and body as they were when the snapshot was taken, where they had been edited since the command. */
  readonly later?: { readonly title: string; readonly body: string }
  /** How often the issue's text was edited since, and when it was so last, by GitHub's clock. */
  readonly edits?: number
  readonly editedAt?: string
  /** An edit that came while the task was paused; the step PLAN reads it before it asks anybody. */
  readonly unread?: { readonly title: string; readonly body: string; readonly at: string; readonly by: string }
  /** What people should know besides the state: `hidden_text_removed`, a broken settings file … */
  readonly notes: readonly { readonly reasonCode: string; readonly detail: string }[]
  /** The pack of the repository that steers the task, and the hash of its text as stored. */
  readonly pack?: { readonly name: string; readonly hash: string }
  /** Only the plan was asked for. */
  readonly dryRun?: boolean
}

/** What a task is read with. */
export const TASK_ROW = { repository: true, spending: { select: { costUsd: true } } } as const

export function toTask(
  row: TaskRow & { repository: RepositoryRow; spending: { costUsd: number | null }[] },
): StoredTask {
  return {
    id: row.id,
    parentId: row.parentId,
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
    reviewRounds: row.reviewRounds,
    followUps: row.followUps,
    retries: row.retries,
    feedback: row.feedback,
    budgetUsd: row.budgetUsd,
    spentUsd: row.spending.reduce((sum, s) => sum + (s.costUsd ?? 0), row.spentBeforeUsd),
    settings: row.settings as Settings | null,
    settingsSha: row.settingsSha,
    inputs: row.inputs as unknown as TaskInputs,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
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
