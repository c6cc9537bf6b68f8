import { touchSurfaces, wantSurface } from '../../store/outbox.ts'
import type { Tx } from '../../store/database.ts'
import { deadSurface } from '../../store/outbox.ts'
import type { Move } from '../../store/advance.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { isPublished } from '../rest.ts'
import type { Step } from '../step.ts'

/** Longest wait for GitHub to take branch and pull request before the step looks again. */
const PUBLISH_WAIT_MS = 5 * 60_000

/**
 * Brings the result to GitHub and waits for people. Only this state pushes; the writes themselves are the outbox's.
 * First the branch with its draft; when both have arrived, a verified one becomes ready for review, another stays a
 * draft: failed for good, or inconclusive and waiting for a person's eyes.
 */
export const report: Step = async ({ corridor, task }) => {
  if (task.headSha === null) return withoutCode(task)
  if (!isPublished(task)) {
    const dead = await deadSurface(corridor.db, task.id, ['branch', 'pull'])
    if (dead) throw new OperatingError('configuration', 'push_refused', dead.lastError)
    return {
      event: 'published',
      reasonCode: 'pull_request_opened',
      facts: { head: task.headSha, verdict: task.verdict },
      rest: { waitingOn: 'ci', until: new Date(Date.now() + PUBLISH_WAIT_MS) },
      also: (tx) => wantPublished(tx, task),
    }
  }
  if (task.verdict === 'fail') return { event: 'failed_for_good', reasonCode: 'verification_failed' }
  return {
    event: 'published',
    reasonCode: task.verdict === 'pass' ? 'review_wanted' : 'verification_inconclusive',
    rest: { waitingOn: 'review', until: null },
    also: async (tx) => {
      if (task.verdict === 'pass') await wantReview(tx, task)
      await touchSurfaces(tx, task.id)
    },
  }
}

function withoutCode(task: StoredTask): Move {
  return task.verdict === 'pass'
    ? { event: 'nothing_to_approve', reasonCode: 'answer_given' }
    : { event: 'failed_for_good', reasonCode: 'answer_missing' }
}

async function wantPublished(tx: Tx, task: StoredTask): Promise<void> {
  const owner = ownerOf(task)
  await wantSurface(tx, owner, 'branch')
  await wantSurface(tx, owner, 'pull')
  await wantSurface(tx, owner, 'check', task.headSha ?? '')
}

async function wantReview(tx: Tx, task: StoredTask): Promise<void> {
  await wantSurface(tx, ownerOf(task), 'ready')
  await wantSurface(tx, ownerOf(task), 'reviewers')
}

function ownerOf(task: StoredTask): { id: string; repositoryId: bigint; issueNumber: number } {
  return { id: task.id, repositoryId: BigInt(task.repository.id), issueNumber: task.issueNumber }
}
