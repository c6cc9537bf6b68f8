import { evaluate } from '../../policy/evaluate.ts'
import type { Move } from '../../store/advance.ts'
import type { Tx } from '../../store/database.ts'
import { storeDecision } from '../../store/decisions.ts'
import { COALESCE_MS, deadSurface, wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { mayWrite, permissionOfActor } from '../permission.ts'
import { policyFacts } from '../policy-facts.ts'
import { requirePlan } from '../read-snapshot.ts'
import { isPublished } from '../rest.ts'
import type { Step, StepContext } from '../step.ts'

/** Longest wait for GitHub to take branch and pull request before the step looks again. */
const PUBLISH_WAIT_MS = 5 * 60_000

/**
 * Brings the result to GitHub and waits for people. Only this state pushes; the writes themselves are the outbox's.
 * First the branch with its draft; when both have arrived, a verified one becomes ready for review, another stays a
 * draft: failed for good, or inconclusive and waiting for a person's eyes.
 */
export const report: Step = async (context) => {
  const { corridor, task } = context
  if (task.headSha === null)
    return task.verdict === 'pass' ? resultGate(context) : { event: 'failed_for_good', reasonCode: 'answer_missing' }
  if (!isPublished(task)) {
    if (!mayWrite(await permissionOfActor(corridor, task.repository, task.requester))) {
      return { event: 'error', reasonCode: 'actor_without_write_access', facts: { actor: task.requester.login } }
    }
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
  return resultGate(context)
}

/** Who must look at the result before the task is over? A pull request always waits for its review. */
async function resultGate({ corridor, task }: StepContext): Promise<Move> {
  const facts = policyFacts(corridor, task, { plan: await requirePlan(corridor, task), diff: null })
  const decision = evaluate('result', facts)
  const store = (tx: Tx): Promise<void> => storeDecision(corridor.db, tx, task.id, decision, facts, task.planHash)
  if (decision.kind === 'continue') return { event: 'nothing_to_approve', reasonCode: decision.reasonCode, also: store }
  return {
    event: 'published',
    reasonCode: task.verdict === 'pass' ? decision.reasonCode : 'verification_inconclusive',
    rest: { waitingOn: 'review', until: null },
    also: async (tx) => {
      await store(tx)
      if (task.headSha === null) await wantSurface(tx, surfaceOwner(task), 'asking')
      else if (task.verdict === 'pass') await wantReview(tx, task)
    },
  }
}

async function wantPublished(tx: Tx, task: StoredTask): Promise<void> {
  const owner = surfaceOwner(task)
  // The commit is named here, where it has been judged and let out: when its turn comes, the task may be a round further.
  await wantSurface(tx, owner, 'branch', '', { sha: task.headSha })
  await wantSurface(tx, owner, 'pull')
  // Branch and pull request arrive first, and with them the verdict is final: then it is one write, not two.
  await wantSurface(tx, owner, 'check', task.headSha ?? '', {}, { afterMs: COALESCE_MS })
}

async function wantReview(tx: Tx, task: StoredTask): Promise<void> {
  await wantSurface(tx, surfaceOwner(task), 'ready')
  await wantSurface(tx, surfaceOwner(task), 'reviewers')
}
