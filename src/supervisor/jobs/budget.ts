import type { Move } from '../../store/advance.ts'
import { wantSurface } from '../../store/outbox.ts'
import { spentToday } from '../../store/spending.ts'
import { readTask, surfaceOwner } from '../../store/tasks.ts'
import { OperatingError } from '../../task/errors.ts'
import { keepWork } from '../git/keep-work.ts'
import type { StepContext } from '../work/step.ts'

/**
 * Asked before each run of an agent: what the task and the tries before it have cost may not have reached its budget yet,
 * nor what its repository and its installation have cost today (SPEC 6.7). A backend that does not tell what it costs
 * counts for nothing here.
 */
export async function requireBudget({ corridor, task }: StepContext): Promise<void> {
  const { db, settings } = corridor
  const now = await readTask(db, task.id)
  if (now && now.spentUsd >= now.budgetUsd)
    throw new OperatingError('limit', 'budget_reached', `${now.spentUsd} of ${now.budgetUsd} US dollars are spent`)
  const { repoDayUsd, installationDayUsd } = settings.budgets
  const today = await spentToday(db, task.repository.id, task.repository.installationId)
  if (today.repositoryUsd >= repoDayUsd) throw dayReached(`${today.repositoryUsd} of the repository's ${repoDayUsd}`)
  if (today.installationUsd >= installationDayUsd)
    throw dayReached(`${today.installationUsd} of the installation's ${installationDayUsd}`)
}

/** What a run may cost, in US dollars: as much as the task, the repository's day and the installation's have left. */
export async function budgetLeft({ corridor, task }: Pick<StepContext, 'corridor' | 'task'>): Promise<number> {
  const { db, settings } = corridor
  const { repoDayUsd, installationDayUsd } = settings.budgets
  const now = (await readTask(db, task.id)) ?? task
  const today = await spentToday(db, task.repository.id, task.repository.installationId)
  const left = [
    now.budgetUsd - now.spentUsd,
    repoDayUsd - today.repositoryUsd,
    installationDayUsd - today.installationUsd,
  ]
  return Math.max(0, Math.min(...left))
}

const dayReached = (spent: string): OperatingError =>
  new OperatingError('limit', 'day_budget_reached', `${spent} US dollars a day are spent`)

/** @returns how a step rests that an empty purse has stopped; null = something else has stopped it */
export async function restWithoutBudget(context: StepContext, error: unknown): Promise<Move | null> {
  if (!(error instanceof OperatingError)) return null
  if (error.reasonCode === 'budget_reached') return askForBudget(context)
  return error.reasonCode === 'day_budget_reached' ? waitForTomorrow(context, error) : null
}

/** Keeps the work and asks for more; `/supervise budget` goes on from it, and a question that nobody answers ends. */
async function askForBudget({ corridor, task }: StepContext): Promise<Move> {
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

/** The operator's daily limits are nobody's to raise in the thread: the work is kept, and goes on by itself after midnight. */
async function waitForTomorrow({ corridor, task }: StepContext, error: OperatingError): Promise<Move> {
  const kept = await keepWork(corridor, task)
  const until = new Date()
  until.setUTCHours(24, 0, 0, 0)
  return {
    event: 'limited',
    reasonCode: 'day_budget_reached',
    facts: { message: error.message, kept: kept.sha },
    rest: { waitingOn: 'quota', until },
    also: kept.also,
  }
}
