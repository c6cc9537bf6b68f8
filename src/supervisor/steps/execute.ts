import { isInWords, type Plan, type PlannedJob } from '../../task/plan.ts'
import { deliver } from '../answers/deliver.ts'
import { clearRemains } from '../git/clear-remains.ts'
import { openWorktree } from '../git/worktree.ts'
import { restWithoutBudget } from '../jobs/budget.ts'
import { noSlotFree } from '../jobs/no-slot-free.ts'
import { isQuotaReached, waitForQuota } from '../jobs/quota.ts'
import { runJobs } from '../jobs/run-jobs.ts'
import { requirePlan } from '../read-snapshot.ts'
import type { Step } from '../work/step.ts'

/** Job types that a backend carries out here; reviewing and verifying have states of their own. */
const EXECUTED = ['planner', 'executor', 'research', 'shell', 'document'] as const

/**
 * Runs the plan's jobs in the order of their dependencies. A finished job is a checkpoint; its commit is in the mirror.
 * Needs one of the worker's places for agent runs; without one the task rests.
 */
export const execute: Step = async (context) => {
  const { corridor, task } = context
  const plan = await requirePlan(corridor, task)
  const leave = corridor.slots.take()
  if (!leave) return noSlotFree('limited')
  try {
    await clearRemains(context)
    const worktree = task.branch === null ? null : await openWorktree(context, task.branch)
    const isAgain = task.repairs > 0 || task.followUps > 0
    const jobs = toRun(
      plan,
      isAgain,
      plan.jobs.filter((j) => EXECUTED.some((t) => t === j.type)),
    )
    const ended = await runJobs(context, plan, jobs, isInWords(plan) ? null : worktree)
    const delivered = worktree !== null && isInWords(plan) ? await deliver(context, plan, worktree) : null
    const headSha = delivered ?? ended.at(-1)?.headSha ?? task.headSha
    const event = plan.jobs.some((j) => j.type === 'reviewer') ? 'executed_for_review' : 'executed'
    return { event, reasonCode: 'executed', facts: { head: headSha, round: task.round }, patch: { headSha } }
  } catch (error) {
    if (isQuotaReached(error)) return waitForQuota(context, error)
    const rest = await restWithoutBudget(context, error)
    if (rest === null) throw error
    return rest
  } finally {
    leave()
  }
}

/** What was gathered for an answer stays: a repair or a follow-up writes the result again, and nothing else. */
const toRun = (plan: Plan, isAgain: boolean, jobs: readonly PlannedJob[]): readonly PlannedJob[] =>
  isInWords(plan) && isAgain ? jobs.slice(-1) : jobs
