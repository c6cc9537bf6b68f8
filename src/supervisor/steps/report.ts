import { evaluate } from '../../policy/evaluate.ts'
import type { Move } from '../../store/advance.ts'
import { lastHeardAt, takeRequests } from '../../store/change-requests.ts'
import type { Tx } from '../../store/database.ts'
import { storeDecision } from '../../store/decisions.ts'
import { evidenceOf } from '../../store/evidence.ts'
import { deadSurface, wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import type { Decision } from '../../task/decision.ts'
import { OperatingError } from '../../task/errors.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { judge } from '../../verify/judge.ts'
import { mayWrite, permissionOfActor } from '../accept/permission.ts'
import { standingApprovals } from '../apply/record-approval.ts'
import { repairMove } from '../jobs/repair.ts'
import { answerThreads } from '../outbox/answer-threads.ts'
import { policyFacts } from '../policy-facts.ts'
import { requirePlan } from '../read-snapshot.ts'
import { isVerificationOnly } from '../verification-only.ts'
import { isPublished } from '../work/rest.ts'
import type { Step, StepContext } from '../work/step.ts'
import { type CiLook, lookAtCi } from './await-ci.ts'
import { storeBundle } from './evidence-bundle.ts'

/** Longest wait for GitHub to take branch and pull request before the step looks again. */
const PUBLISH_WAIT_MS = 5 * 60_000

/**
 * Brings the result to GitHub and waits for people. Only this state pushes; the writes themselves are the outbox's.
 * First the branch with its draft; when both have arrived and its CI has spoken, a verified one becomes ready for review,
 * another stays a draft: failed for good, or inconclusive and waiting for a person's eyes.
 */
export const report: Step = async (context) => {
  const { corridor, task } = context
  if (task.headSha === null) return task.verdict === 'fail' ? answerFailed(context) : resultGate(context)
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
  // Somebody pushed while the task was paused: their commit has been taken over, and nobody has verified it.
  if (task.verdict === null) return { event: 'head_moved', reasonCode: 'head_moved', facts: { head: task.headSha } }
  return withAnswers(await afterRound(context), await answerThreads(corridor, task))
}

/** What GitHub has is judged: the next round begins, its CI is waited for, people look at it, or it has failed. */
async function afterRound(context: StepContext): Promise<Move> {
  const { corridor, task } = context
  const roundAt = await nextRoundAt(context)
  if (roundAt !== null && roundAt <= new Date()) return followUp(task)
  const isAlone = await isVerificationOnly(corridor, task)
  // What has not changed has the CI that it had; and before the next round nobody waits for that of this one.
  const ci = roundAt === null && task.reasonCode !== UNCHANGED ? await lookAtCi(context) : null
  if (ci?.kind === 'rests') return ci.move
  if (ci?.kind === 'seen') return afterCi(context, ci, isAlone)
  const isStanding = task.reasonCode === UNCHANGED || isAlone
  if (task.verdict === 'fail' && !isStanding && roundAt === null)
    return {
      event: 'failed_for_good',
      reasonCode: 'verification_failed',
      also: (tx) => storeBundle(corridor, tx, task, judgedAs(task)),
    }
  return resultGate(context, roundAt)
}

/**
 * CI has spoken, and the verdict is final. A red one goes back to the work with its log, so often as repairs are allowed;
 * then people are asked, who may also run it again.
 */
async function afterCi(
  context: StepContext,
  { row, judgement, store }: Extract<CiLook, { kind: 'seen' }>,
  isAlone: boolean,
): Promise<Move> {
  const { corridor, task } = context
  const { verdict, reasonCode } = judgement
  const isRed = row.verdict === 'fail'
  const isRepaired = isRed && !isAlone && task.repairs < (task.settings ?? corridor.settings).limits.repairs
  const move = isRepaired
    ? repairMove([row], reasonCode, 'ci')
    : await resultGate({ ...context, task: { ...task, verdict } })
  const isWhy = !isRepaired && row.required && row.verdict !== 'pass'
  return {
    ...move,
    ...(isWhy ? { reasonCode } : {}),
    patch: { ...move.patch, verdict: isRepaired ? null : verdict },
    also: async (tx) => {
      await store(tx)
      await move.also?.(tx)
      if (isRepaired) await wantSurface(tx, surfaceOwner(task), 'check', task.headSha ?? '')
    },
  }
}

/** Who asked for something on a line hears there what became of it. */
function withAnswers(move: Move, answers: Move['also'] | null): Move {
  if (!answers) return move
  return {
    ...move,
    also: async (tx) => {
      await move.also?.(tx)
      await answers(tx)
    },
  }
}

/** What an answer was found to lack, in its last round. */
async function answerFailed({ corridor, task }: StepContext): Promise<Move> {
  const { reasonCode } = judge(await evidenceOf(corridor.db, task.id, task.round))
  return { event: 'failed_for_good', reasonCode }
}

/** The agent was asked for changes and made none: what GitHub has keeps the verdict that it has. */
const UNCHANGED = 'follow_up_without_change'

/** When the work on the changes that people asked for begins; null = nobody has asked for any. */
async function nextRoundAt({ corridor, task }: StepContext): Promise<Date | null> {
  const last = await lastHeardAt(corridor.db, task.id)
  return last === null ? null : new Date(last.getTime() + corridor.changesQuietMs)
}

/** All that was asked for by now is one round on the same branch; how often is limited where it is heard. */
function followUp(task: StoredTask): Move {
  return {
    event: 'changes_requested',
    reasonCode: 'changes_requested',
    facts: { head: task.headSha },
    patch: {
      feedback: null,
      followUps: { increment: 1 },
      round: { increment: 1 },
      repairs: 0,
      reviewRounds: 0,
      verdict: null,
    },
    also: (tx) => takeRequests(tx, task.id, task.followUps + 1),
  }
}

/** Who must look at the result before the task is over? A pull request always waits for its review. */
async function resultGate({ corridor, task }: StepContext, roundAt: Date | null = null): Promise<Move> {
  const facts = policyFacts(corridor, task, { plan: await requirePlan(corridor, task), diff: null })
  const decision = evaluate('result', facts)
  const store = (tx: Tx): Promise<void> => storeDecision(corridor.db, tx, task.id, decision, facts, task.planHash)
  if (decision.kind === 'continue') return { event: 'nothing_to_approve', reasonCode: decision.reasonCode, also: store }
  // Given to this very commit while it was verified once more, or by some of those who are needed before that.
  const given = task.verdict === 'pass' ? await standingApprovals(corridor, task, 'result') : []
  if (
    roundAt === null &&
    decision.kind === 'approve' &&
    new Set(given.map((a) => a.actor.id)).size >= decision.approval.required
  )
    return { event: 'approved', reasonCode: 'approved_by_person', facts: { head: task.headSha }, also: store }
  const isOurs = isOnPullRequest(task) && task.inputs.pullAuthorId === (await corridor.github.botUser()).id
  return {
    event: 'published',
    reasonCode: reasonOf(task, decision, roundAt),
    rest: { waitingOn: 'review', until: roundAt },
    also: async (tx) => {
      await store(tx)
      await storeBundle(corridor, tx, task, judgedAs(task))
      if (task.headSha === null) await wantSurface(tx, surfaceOwner(task), 'asking')
      else if (task.verdict === 'pass' && roundAt === null) await wantReview(tx, task, isOurs)
    },
  }
}

function reasonOf(task: StoredTask, decision: Decision, roundAt: Date | null): ReasonCode {
  if (roundAt !== null) return 'changes_heard'
  if (task.reasonCode === UNCHANGED) return UNCHANGED
  return task.verdict === 'pass' ? decision.reasonCode : WITHOUT_PROOF[task.verdict ?? 'inconclusive']
}

function judgedAs({ verdict }: StoredTask) {
  const known = verdict ?? 'inconclusive'
  return { verdict: known, reasonCode: known === 'pass' ? 'verified' : WITHOUT_PROOF[known] } as const
}

const WITHOUT_PROOF = { fail: 'verification_failed', inconclusive: 'verification_inconclusive' } as const

async function wantPublished(tx: Tx, task: StoredTask): Promise<void> {
  const owner = surfaceOwner(task)
  // The commit is named here, where it has been judged and let out: when its turn comes, the task may be a round further.
  const expected = task.pushedSha ?? (isOnPullRequest(task) ? task.baseSha : null)
  await wantSurface(tx, owner, 'branch', '', { sha: task.headSha, expected })
  if (!isOnPullRequest(task)) await wantSurface(tx, owner, 'pull')
  await wantSurface(tx, owner, 'check', task.headSha ?? '')
}

async function wantReview(tx: Tx, task: StoredTask, isOurs: boolean): Promise<void> {
  const owner = surfaceOwner(task)
  // A person's draft is theirs to turn ready; one that an earlier task of ours opened is not.
  if (!isOnPullRequest(task) || isOurs) await wantSurface(tx, owner, 'ready')
  // GitHub asks nobody to review their own pull request.
  if (task.inputs.pullAuthorId !== task.requester.id) await wantSurface(tx, owner, 'reviewers')
}
