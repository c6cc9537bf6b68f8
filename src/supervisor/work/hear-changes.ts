import { isFinal } from '../../task/states.ts'
import type { CommandContext, CommandResult } from '../apply/command.ts'

/**
 * How long nobody may have asked for anything more before the work on changes begins: several requests within that time
 * are one round. Operators do not set it; tests and the demo do (see config.ts).
 */
export const CHANGES_QUIET_MS = 15_000

/**
 * Somebody wants the result changed. It is heard at once, and the comment says so; the round begins in the step REPORT,
 * when nobody has added anything for a while, or when the round that is under way has ended.
 */
export function hearChanges({ corridor, task, command }: CommandContext): CommandResult {
  if (isFinal(task.state)) return { reasonCode: 'no_open_task', ...refusal('no_open_task', '') }
  const limit = (task.settings ?? corridor.settings).limits.followUps
  if (task.followUps >= limit)
    return { reasonCode: 'follow_ups_used_up', ...refusal('follow_ups_used_up', String(limit)) }
  const reasonCode = 'changes_heard'
  if (task.state === 'REPORT' && (task.waitingOn === 'review' || task.reasonCode === 'ci_awaited')) {
    const until = new Date(command.createdAt.getTime() + corridor.changesQuietMs)
    return { reasonCode, move: { event: 'changes_heard', reasonCode, rest: { waitingOn: 'review', until } } }
  }
  return { reasonCode }
}

function refusal(reasonCode: 'no_open_task' | 'follow_ups_used_up', word: string) {
  return { reply: { kind: 'refusal', reasonCode, word, suggestions: [] } } as const
}
