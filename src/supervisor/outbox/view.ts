import { isProtected } from '../../policy/protected-paths.ts'
import type { DiffView, TaskView } from '../../report/view.ts'
import { approvalsOf } from '../../store/approvals.ts'
import { readArtifact } from '../../store/artifacts.ts'
import { askedOf } from '../../store/change-requests.ts'
import type { Database } from '../../store/database.ts'
import { decisionsOf } from '../../store/decisions.ts'
import { evidenceOf, evidenceOfCommit } from '../../store/evidence.ts'
import { lastMessage } from '../../store/history.ts'
import { lastLines } from '../../store/job-lines.ts'
import { jobsOf, latestJobsOf } from '../../store/jobs.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { readTask } from '../../store/tasks.ts'
import type { Evidence } from '../../task/evidence.ts'
import type { Job, JobType } from '../../task/job.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import { isInWords, type Plan } from '../../task/plan.ts'
import { planDocuments } from '../answers/earlier-results.ts'
import { holdsFor } from '../apply/record-approval.ts'
import type { Corridor } from '../corridor.ts'
import { readPlan } from '../read-snapshot.ts'
import { budgetCapOf } from '../settings/budget-cap.ts'
import { AVAILABLE_VERBS } from '../verbs.ts'
import { knownDiff } from './known-diff.ts'
import { isSettled } from './surface.ts'
import { isMerging, surfaceNotes } from './surface-notes.ts'

/** Everything that the comment, the check run and the pull request are drawn from, read from the rows as they are now. */
export async function readView(corridor: Corridor, taskId: string): Promise<TaskView | null> {
  const { db, github } = corridor
  const task = await readTask(db, taskId)
  if (!task) return null
  const web = github.webUrl(task.repository)
  const plan = await readPlan(corridor, task)
  const jobs = await jobsShown(db, task, plan)
  return {
    task,
    plan,
    jobs,
    evidence: await evidenceFor(db, task),
    diff: await diffOf(corridor, task),
    approvals: (await approvalsOf(db, taskId))
      .filter((a) => holdsFor(task, a))
      .map((a) => ({
        gate: a.gate,
        login: a.actor.login,
        source: a.source,
        decision: a.decision,
        headSha: a.headSha,
        at: a.at,
      })),
    decisions: await decisionsOf(db, taskId),
    // What a planner or a reviewer says is an object for us, no word to people.
    // A result that is a file stands in the change itself, word for word.
    agentSummary:
      plan?.delivery !== undefined
        ? null
        : (jobs.findLast((j) => j.result !== null && !FOR_US.includes(j.type))?.result?.summary ?? null),
    ...(plan?.documents && task.state === 'PLAN' ? { drafts: await planDocuments(db, taskId, plan) } : {}),
    answer: task.headSha === null && task.verdict !== null ? await readArtifact(db, taskId, 'answer') : null,
    notes: [...(task.inputs.notes as TaskView['notes']), ...(await surfaceNotes(corridor, task))],
    links: {
      issue: `${web}/issues/${task.issueNumber}`,
      pull: task.pullNumber === null ? null : `${web}/pull/${task.pullNumber}`,
      compare:
        task.branch === null || task.pushedSha === null ? null : `${web}/compare/${task.baseBranch}...${task.branch}`,
      task: corridor.pagesUrl === null ? null : `${corridor.pagesUrl}/tasks/${task.id}`,
    },
    detail: await lastMessage(db, taskId),
    logTail: await tailOfRunning(db, jobs),
    changesHeard: await askedOf(db, taskId, { reviews: !isOnPullRequest(task) || task.pushedSha !== null }),
    ...((await isMerging(db, taskId)) ? { merging: true } : {}),
    budgetCapUsd: budgetCapOf(corridor, task),
    verbs: AVAILABLE_VERBS,
    plainReplies: true,
    reactions: true,
    now: new Date(),
  }
}

/** More than this nobody reads in a comment; the whole is an artifact. */
const TAIL_LINES = 15

async function tailOfRunning(db: Database, jobs: readonly Job[]): Promise<string | null> {
  const running = jobs.findLast((job) => job.status === 'running')
  if (running === undefined) return null
  const lines = await lastLines(db, running.id, running.attempts, TAIL_LINES)
  return lines.length === 0 ? null : lines.map(({ kind, text }) => (kind === 'tool' ? `> ${text}` : text)).join('\n')
}

const FOR_US: readonly string[] = ['planner', 'reviewer'] satisfies readonly JobType[]

/** A repair of a result in words runs the last step again: what the others have left in earlier rounds still stands. */
function jobsShown(db: Database, task: StoredTask, plan: Plan | null): Promise<Job[]> {
  if (plan !== null && isInWords(plan)) return jobsOf(db, task.id)
  // A round may be a verification alone: then the last work is what it is about.
  return (task.state === 'EXECUTE' ? jobsOf : latestJobsOf)(db, task.id, task.round)
}

/** Of the present round; where its agent left the commit as it was, of the round that made the commit. */
async function evidenceFor(db: Database, task: StoredTask): Promise<Evidence[]> {
  const own = await evidenceOf(db, task.id, task.round)
  if (own.length > 0 || task.headSha === null || !isSettled(task.state)) return own
  return evidenceOfCommit(db, task.id, task.headSha)
}

/** Size and files of the change, from git; null before there is a commit, or when its mirror is on another machine. */
async function diffOf(corridor: Corridor, task: StoredTask): Promise<DiffView | null> {
  if (task.baseSha === null || task.headSha === null) return null
  try {
    const diff = await knownDiff(corridor, task, task.baseSha, task.headSha)
    const extra = (task.settings ?? corridor.settings).protected
    return {
      files: diff.files.map(({ path, added, deleted }) => ({ path, added, deleted })),
      added: diff.added,
      deleted: diff.deleted,
      ...(task.state === 'VERIFY' && task.waitingOn === 'approval' ? { patch: diff.patch } : {}),
      protectedPaths: diff.files.map((f) => f.path).filter((p) => isProtected(p, extra)),
    }
  } catch (error) {
    corridor.log.warn({ err: error, task_id: task.id }, 'reading the change')
    return null
  }
}
