import type { Settings } from '../../settings/settings.ts'
import type { TaskInputs } from '../../store/tasks.ts'
import type { RequestFlags } from '../../task/task.ts'

export interface FlagsWithin {
  /** What the task may cost, in US dollars. */
  readonly budgetUsd: number
  /** What a flag asked for and did not get, for people. */
  readonly notes: TaskInputs['notes']
}

/**
 * Flags ask for less or more within the limits, never beyond them. At the door only the operator's are known; here those of
 * the files hold, too. Pure.
 * @param known the budget that the task has, which the operator's cap bounds already
 */
export function flagsWithin(flags: RequestFlags, settings: Settings, known: number): FlagsWithin {
  const notes: TaskInputs['notes'][number][] = []
  const { budgetCapUsd: cap = Number.POSITIVE_INFINITY, limits } = settings
  const lowered = (detail: string) => notes.push({ reasonCode: 'flag_lowered', detail })
  if (flags.budgetUsd !== undefined && flags.budgetUsd > cap)
    lowered(`--budget ${flags.budgetUsd}usd was asked for, ${cap}usd is allowed`)
  if (flags.timeoutMs !== undefined && flags.timeoutMs > limits.timeMs)
    lowered(`--timeout ${minutes(flags.timeoutMs)} was asked for, ${minutes(limits.timeMs)} is allowed`)
  // What nobody named is the repository's to say.
  return { budgetUsd: flags.budgetUsd === undefined ? limits.budgetUsd : Math.min(known, cap), notes }
}

const minutes = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000}m` : `${Math.round(ms / 1_000)}s`)
