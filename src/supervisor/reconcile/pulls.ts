import { listReviewsJson, readPullJson } from '../../github/recent.ts'
import { isKnownCommand } from '../../store/commands.ts'
import { isKnownHead, wasHeardSince } from '../../store/known-sources.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { latestTaskOf } from '../../store/tasks.ts'
import { isFinal } from '../../task/states.ts'
import { ask, bringIn, GHOST, goesOn, type Round } from './round.ts'

interface PullJson {
  readonly id?: unknown
  readonly state?: unknown
  readonly merged_by?: unknown
  readonly closed_at?: unknown
  readonly head?: { readonly sha?: unknown }
  readonly base?: { readonly ref?: unknown }
  readonly updated_at?: unknown
}
interface ReviewJson {
  readonly id?: unknown
  readonly state?: unknown
  readonly user?: unknown
  readonly submitted_at?: unknown
}

/** Compares the pull request of a task with what is known of it: closed or merged, foreign commits, reviews. Once a round. */
export async function readPull(round: Round, number: number): Promise<void> {
  const { corridor, repository, pullsSeen } = round
  if (pullsSeen.has(number)) return
  pullsSeen.add(number)
  const task = await latestTaskOf(corridor.db.prisma, repository.id, number)
  if (!task) return
  const pull: PullJson = await ask(round, () => readPullJson(corridor.github, repository, number))
  if (pull.state === 'closed') await bringClosed(round, number, pull)
  else {
    await bringHead(round, task, pull)
    await bringBase(round, task, pull)
  }
  if (!goesOn(round)) return
  const reviews: ReviewJson[] = await ask(round, () => listReviewsJson(corridor.github, repository, number))
  for (const review of reviews) await bringReview(round, task, pull, review)
}

async function bringClosed(round: Round, number: number, pull: PullJson): Promise<void> {
  const at = new Date(String(pull.closed_at))
  const thread = { repositoryId: round.repository.id, issueNumber: number }
  if (await wasHeardSince(round.corridor.db, thread, 'pull_request_closed', at)) return
  const id = `reconciled-pull-closed-${Number(pull.id)}-${at.getTime() / 1_000}`
  await bringIn(round, 'pull_request', id, { action: 'closed', pull_request: pull, sender: pull.merged_by ?? GHOST })
}

/** Only while the task rests on what it pushed: at work it looks by itself, and has commits that nobody else knows. */
async function bringHead(round: Round, task: StoredTask, pull: PullJson): Promise<void> {
  const sha = String(pull.head?.sha)
  if (isFinal(task.state) || task.pushedSha === null || task.waitingOn === null) return
  if (await isKnownHead(round.corridor.db, task, sha)) return
  const id = `reconciled-head-${Number(pull.id)}-${sha.slice(0, 20)}`
  await bringIn(round, 'pull_request', id, { action: 'synchronize', after: sha, pull_request: pull, sender: GHOST })
}

/** Where a pull request leads is looked up again by whoever hears of it. */
async function bringBase(round: Round, task: StoredTask, pull: PullJson): Promise<void> {
  const ref = String(pull.base?.ref)
  if (isFinal(task.state) || task.waitingOn === null || ref === task.baseBranch) return
  const id = `reconciled-base-${Number(pull.id)}-${new Date(String(pull.updated_at)).getTime() / 1_000}`
  const changes = { base: { ref: { from: task.baseBranch } } }
  await bringIn(round, 'pull_request', id, { action: 'edited', changes, pull_request: pull, sender: GHOST })
}

/** Reviews that are older than the task were not written about its work. */
async function bringReview(round: Round, task: StoredTask, pull: PullJson, review: ReviewJson): Promise<void> {
  if (!(new Date(String(review.submitted_at)) >= task.createdAt)) return
  const reviewId = Number(review.id)
  const state = String(review.state).toLowerCase()
  const content = { review, pull_request: pull, sender: review.user ?? GHOST }
  if (state !== 'dismissed') {
    const id = `reconciled-review-${reviewId}`
    return bringIn(round, 'pull_request_review', id, { action: 'submitted', ...content })
  }
  // One that nobody heard of has nothing to take away.
  if (!(await isKnownCommand(round.corridor.db, `review:${reviewId}`))) return
  const id = `reconciled-dismissal-${reviewId}`
  await bringIn(round, 'pull_request_review', id, { action: 'dismissed', ...content })
}
