import { evaluate } from '../../policy/evaluate.ts'
import { protectedPathsIn } from '../../policy/protected-paths.ts'
import { findSecrets } from '../../redact/find-secrets.ts'
import { verificationDocument } from '../../report/documents.ts'
import type { Move } from '../../store/advance.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import { storeDecision } from '../../store/decisions.ts'
import { evidenceOf, evidenceOfCommit, storeEvidence } from '../../store/evidence.ts'
import { jobsOf } from '../../store/jobs.ts'
import { underLease } from '../../store/leases.ts'
import { wantSurface } from '../../store/outbox.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import { CI_CRITERION } from '../../task/ci.ts'
import type { Evidence } from '../../task/evidence.ts'
import { isOnPullRequest } from '../../task/on-pull-request.ts'
import type { Plan } from '../../task/plan.ts'
import type { CheckInput } from '../../verify/commands/run-checks.ts'
import { diffEvidence } from '../../verify/diff-evidence.ts'
import { judge } from '../../verify/judge.ts'
import { notRun } from '../../verify/not-run.ts'
import { REVIEW_CRITERION, reviewEvidence } from '../../verify/review-evidence.ts'
import type { ChangeSeen } from '../../verify/verify-change.ts'
import { verifyChange } from '../../verify/verify-change.ts'
import type { DiffFacts } from '../../workspace/diff.ts'
import { diffBetween } from '../../workspace/diff.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { lookAtAnswer, verifyAnswer } from '../answers/verify-answer.ts'
import { standingApprovals } from '../apply/record-approval.ts'
import { mirrorWith } from '../git/carry-work.ts'
import { checkoutDirOf, clearCheckouts } from '../git/clear-remains.ts'
import { reviewOf } from '../jobs/ask-review.ts'
import { repairMove } from '../jobs/repair.ts'
import { policyFacts } from '../policy-facts.ts'
import { requirePlan } from '../read-snapshot.ts'
import { isPushed, isVerificationOnly } from '../verification-only.ts'
import type { Step, StepContext } from '../work/step.ts'
import { isCiExpected } from './await-ci.ts'

/**
 * Collects the evidence on the very commit that would be pushed, judges it, and asks the last gate whether the change
 * may leave the house (SPEC 9.0). Nothing has been pushed before this step; nothing that an agent said counts. What GitHub
 * has already, because a person pushed it or wants it verified again, is only judged.
 */
export const verify: Step = async (context) => {
  const { task } = context
  const plan = await requirePlan(context.corridor, task)
  if (task.baseSha === null || task.headSha === null) return verifyAnswer(context, plan)
  const alone = await isVerificationOnly(context.corridor, task)
  if (!alone && (task.followUps > 0 || task.repairs > 0) && isPushed(task)) return unchanged(context, task.headSha)
  const mirror = await mirrorWith(context, task.headSha)
  const diff = await diffBetween(mirror, task.baseSha, task.headSha)
  const since = alone ? task.baseSha : (task.pushedSha ?? task.baseSha)
  const evidence = await evidenceFor(context, plan, mirror, since === task.headSha ? { ...diff, files: [] } : diff)
  const { verdict, reasonCode } = judge(evidence)
  const judged: Move = { event: 'judged', reasonCode, facts: { verdict }, patch: { verdict } }
  if (alone) return judged
  if (verdict === 'fail') {
    const limit = (task.settings ?? context.corridor.settings).limits.repairs
    if (task.repairs < limit) return repairMove(evidence, reasonCode)
    // What fails is not pushed onto a person's own branch either: there is no draft to put it in.
    if (isOnPullRequest(task) || task.headSha === (task.pushedSha ?? task.baseSha))
      return { event: 'held_for_good', reasonCode, patch: { verdict } }
  }
  return publishGate(context, plan, { diff, evidence }, judged)
}

/**
 * A follow-up, or a repair of what CI found, in which the agent changed nothing. Nothing is repaired and nothing fails by that: the commit that GitHub
 * has keeps the evidence and the verdict of the round that made it, and people say what they want more exactly.
 */
async function unchanged({ corridor, task, lease }: StepContext, headSha: string): Promise<Move> {
  const own = await evidenceOfCommit(corridor.db, task.id, headSha)
  // The commit may be the work of the task that this one goes on from.
  const inherited =
    own.length === 0 && task.parentId !== null ? await evidenceOfCommit(corridor.db, task.parentId, headSha) : []
  const evidence = own.length === 0 ? inherited : own
  const verdict = evidence.length === 0 ? 'inconclusive' : judge(evidence).verdict
  return {
    event: 'judged',
    reasonCode: 'follow_up_without_change',
    facts: { head: headSha, verdict },
    patch: { verdict },
    also: async (tx) => {
      if (inherited.length > 0) await storeEvidence(corridor.db, tx, lease, task.round, inherited)
    },
  }
}

/** Evidence of this round on this commit: as stored, else collected now. */
async function evidenceFor(context: StepContext, plan: Plan, mirror: Mirror, diff: DiffFacts): Promise<Evidence[]> {
  const { corridor, task, lease } = context
  const head = task.headSha ?? ''
  const stored = await evidenceOf(corridor.db, task.id, task.round)
  if (stored.length > 0 && stored.every((e) => e.commit === head)) return stored
  // Where no command is known, a text needs none.
  const isWords = plan.delivery !== undefined && plan.verification.commands.length === 0
  const seen =
    diff.files.length === 0 || isWords
      ? { evidence: diffEvidence(diff, head, { changeWanted: true }), outputs: [], findings: [] }
      : await corridor.limitChecks(() => collect(context, plan, mirror, diff))
  // A result in words that goes into a file is looked at as words, too.
  const words = plan.delivery === undefined ? null : await lookAtAnswer(context, plan)
  const ofWords = words?.evidence.map((e) => ({ ...e, commit: head })) ?? []
  const evidence = [...ofWords, ...seen.evidence, ...(await beside(context, plan, mirror, seen.evidence))]
  const secret = findSecrets(diff.patch, corridor.secrets).length > 0
  await underLease(corridor.db, lease, async (tx) => {
    await storeEvidence(corridor.db, tx, lease, task.round, evidence)
    await words?.storeDocuments(tx)
    const page = verificationDocument(evidence)
    await storeArtifact(corridor.db, tx, task.id, { kind: 'document', name: 'verification.md', content: page })
    for (const o of seen.outputs)
      await storeArtifact(corridor.db, tx, task.id, { kind: 'evidence', name: o.name, content: o.content, exact: true })
    if (!secret)
      await storeArtifact(corridor.db, tx, task.id, {
        kind: 'diff',
        name: `${head}.patch`,
        content: diff.patch,
        exact: true,
      })
  })
  return evidence
}

/** The whole change, from the commit that the task started on, in fresh checkouts and in the sandbox. */
async function collect(context: StepContext, plan: Plan, mirror: Mirror, diff: DiffFacts): Promise<ChangeSeen> {
  const { corridor, task, signal } = context
  const [base, head] = [task.baseSha ?? '', task.headSha ?? '']
  await clearCheckouts(context)
  return verifyChange({
    mirror,
    base,
    head,
    type: plan.type,
    diff: await diffBetween(mirror, base, head),
    verification: plan.verification,
    dir: checkoutDirOf(context),
    sandbox: corridor.settings.sandbox,
    sandboxPaths: corridor.settings.sandboxPaths,
    network: networkOf(context, diff),
    signal,
    runId: task.id,
    redact: corridor.db.text,
  })
}

/**
 * What setup and the commands may reach. A change that decides what is installed, or what runs by itself, has not been
 * seen by a person yet: its setup gets no network (SPEC 6.5).
 */
function networkOf({ corridor }: StepContext, diff: DiffFacts): NonNullable<CheckInput['network']> {
  const { setup, verify: commands } = corridor.settings.network
  const changed = protectedPathsIn(
    diff.files.map(({ path }) => path),
    [],
  )
  return changed.length > 0 ? { setup: [], verify: [] } : { setup, verify: commands }
}

/** What stands beside the verification. CI speaks after the push, if what was seen here lets it come to that. */
async function beside(
  { corridor, task }: StepContext,
  plan: Plan,
  mirror: Mirror,
  seen: readonly Evidence[],
): Promise<Evidence[]> {
  const commit = task.headSha ?? ''
  const isExpected = await isCiExpected(corridor, task, mirror)
  const isAwaited = judge(seen).verdict !== 'fail'
  const code = isExpected ? (isAwaited ? 'ci_awaited' : 'ci_not_awaited') : 'ci_absent'
  const ci = notRun(CI_CRITERION, 'ci', code, commit)
  const planned = plan.jobs.find((j) => j.type === 'reviewer')
  if (!planned) return [ci]
  const reviews = (await jobsOf(corridor.db, task.id)).filter((j) => j.key === planned.key)
  const done = reviews.findLast((j) => j.headSha === commit)
  const said = done ? reviewOf(done) : null
  if (done && said)
    return [ci, reviewEvidence(said.review, { by: said.by, commit, durationMs: done.result?.durationMs ?? 0 })]
  const wasTried = reviews.some((j) => j.round === task.round && j.attempts > 0)
  return [ci, notRun(REVIEW_CRITERION, 'review', wasTried ? 'review_failed' : 'review_not_run', commit)]
}

async function publishGate(
  { corridor, task }: StepContext,
  plan: Plan,
  seen: { diff: DiffFacts; evidence: readonly Evidence[] },
  goOn: Move,
): Promise<Move> {
  const facts = policyFacts(corridor, task, { plan, ...seen })
  const decision = evaluate('publish', facts)
  const also: NonNullable<Move['also']> = (tx) =>
    storeDecision(corridor.db, tx, task.id, decision, facts, task.planHash)
  const { reasonCode } = decision
  if (decision.kind === 'continue') return { ...goOn, also }
  if (decision.kind !== 'approve')
    return { event: 'held_for_good', reasonCode, facts: { rule: decision.ruleId }, patch: goOn.patch ?? {}, also }
  const given = await standingApprovals(corridor, task, 'publish')
  if (new Set(given.map((a) => a.actor.id)).size >= decision.approval.required) return { ...goOn, also }
  const ask: typeof also = async (tx) => {
    await also(tx)
    await wantSurface(tx, surfaceOwner(task), 'asking')
  }
  const until = new Date(Date.now() + (task.settings ?? corridor.settings).approvals.expiresMs)
  return {
    event: 'asked',
    reasonCode,
    facts: { rule: decision.ruleId },
    patch: goOn.patch ?? {},
    rest: { waitingOn: 'approval', until },
    also: ask,
  }
}
