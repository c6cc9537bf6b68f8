import type { StoredTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'

/**
 * The most that a person can give a task in the thread, in US dollars: the operator's cap, and below it the limit that the
 * organisation's or the repository's file sets. The operator's own `limits.budget` is what a task gets where nobody says more.
 */
export function budgetCapOf({ settings }: Pick<Corridor, 'settings'>, task: Pick<StoredTask, 'settings'>): number {
  return Math.min(settings.budgets.taskMaxUsd, task.settings?.budgetCapUsd ?? Number.POSITIVE_INFINITY)
}
