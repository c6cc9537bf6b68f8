import type { TaskView } from '../view.ts'
import { money } from './format.ts'

/** What most people give when a task has used its budget up. */
const USUAL_USD = 10

/** The amount that people are offered to type, in US dollars; null where the limit leaves none. */
export function moreBudget({ task, budgetCapUsd = Number.POSITIVE_INFINITY }: TaskView): number | null {
  if (budgetCapUsd <= Math.max(task.budgetUsd, task.spentUsd)) return null
  return Math.min(task.budgetUsd < USUAL_USD ? USUAL_USD : 2 * task.budgetUsd, budgetCapUsd)
}

/** Where nobody can give more in the thread. */
export const atLimit = ({ budgetCapUsd = 0 }: TaskView): string =>
  `no more than ${money(budgetCapUsd)} is allowed for one task. Whoever sets that limit (repository, organisation or operator) can raise it; then \`/supervise cancel\` and \`/supervise retry\` try again.`
