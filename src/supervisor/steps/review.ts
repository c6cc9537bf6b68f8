import type { Move } from '../../store/advance.ts'
import { jobsOf } from '../../store/jobs.ts'
import { findingLines } from '../../task/review.ts'
import { askReview, reviewOf } from '../jobs/ask-review.ts'
import { noSlotFree } from '../jobs/no-slot-free.ts'
import { requirePlan } from '../read-snapshot.ts'
import type { Step } from '../work/step.ts'

const MAX_FEEDBACK = 30_000

/**
 * The second opinion (SPEC 8): what it finds goes back to the work, as often as verification may send it back. It never
 * replaces verification: whatever it says, or where nobody can be asked, the task is verified next, and the review
 * stands beside that as evidence of its own kind.
 */
export const review: Step = async (context) => {
  const { corridor, task } = context
  const plan = await requirePlan(corridor, task)
  const planned = plan.jobs.find((j) => j.type === 'reviewer')
  if (!planned || task.headSha === null || task.headSha === task.baseSha) return notReviewed('review_not_run', '')
  // The agent was sent back and left the commit as it was: the same would be found again.
  const before = (await jobsOf(corridor.db, task.id)).findLast((j) => j.key === planned.key && reviewOf(j) !== null)
  if (before && before.round < task.round && before.headSha === task.headSha)
    return { event: 'passed', reasonCode: 'review_left_as_it_was', facts: { head: task.headSha } }
  const leave = corridor.slots.take()
  if (!leave) return noSlotFree('postponed')
  try {
    const answer = await askReview(context, plan, planned)
    if (answer.kind === 'missing') return notReviewed(answer.why, answer.message)
    const { by, review: said } = answer
    const facts = { by, head: task.headSha, findings: said.findings.length }
    if (said.verdict === 'pass') return { event: 'passed', reasonCode: 'review_passed', facts }
    const limit = (task.settings ?? corridor.settings).limits.repairs
    if (task.reviewRounds >= limit) return { event: 'passed', reasonCode: 'review_rounds_used_up', facts }
    const feedback = corridor.db.text(findingLines(said).join('\n')).slice(0, MAX_FEEDBACK)
    return {
      event: 'changes_wanted',
      reasonCode: 'review_changes_wanted',
      facts,
      patch: { feedback, reviewRounds: { increment: 1 }, round: { increment: 1 } },
    }
  } finally {
    leave()
  }
}

/** VERIFY says in the evidence that nobody has looked; why not stands in the audit trail. */
const notReviewed = (why: string, message: string): Move => ({
  event: 'passed',
  reasonCode: 'review_not_run',
  facts: { why, message: message.slice(0, 2_000) },
})
