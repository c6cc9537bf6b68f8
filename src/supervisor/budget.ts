import type { Move } from '../store/advance.ts'
import { wantSurface } from '../store/outbox.ts'
import { readTask, surfaceOwner } from '../store/tasks.ts'
import { OperatingError } from '../task/errors.ts'
import { keepWork } from './keep-work.ts'
import type { StepContext } from './step.ts'

/**
 * Asked before each run of an agent: what the task and the tries before it have cost may not have reached its budget yet
 * (SPEC 6.7). A backend that does not tell what it costs counts for nothing here.
 */
export async function requireBudget({ corridor, task }: StepContext): Promise<void> {
  const now = await readTask(corridor.db, task.id)
  if (now && now.spentUsd >= now.budgetUsd)
    throw new OperatingError('limit', 'budget_reached', `${now.spentUsd} of ${now.budgetUsd} US dollars are spent`)
}

export const isBudgetReached = (error: unknown): boolean =>
  error instanceof OperatingError && error.reasonCode === 'budget_reached'

/** Keeps the work and asks for more; `/supervise budget` goes on from it, and a question that nobody answers ends. */
export async function askForBudget({ corridor, task }: StepContext): Promise<Move> {
  const kept = await keepWork(corridor, task)
  const until = new Date(Date.now() + (task.settings ?? corridor.settings).approvals.expiresMs)
  return {
    event: 'limited',
    reasonCode: 'budget_reached',
    facts: { budgetUsd: task.budgetUsd, kept: kept.sha, ...(kept.problem === null ? {} : { message: kept.problem }) },
    rest: { waitingOn: 'budget', until },
    also: async (tx) => {
      await kept.also(tx)
      await wantSurface(tx, surfaceOwner(task), 'asking')
    },
  }
}
