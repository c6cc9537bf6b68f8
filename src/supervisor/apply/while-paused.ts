import type { StoredCommand } from '../../store/commands.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { argumentOf } from '../commands/argument.ts'
import type { CommandResult } from './command.ts'

/** What only a task that is awake can take. All else is heard while it is paused: cancel, budget, what becomes of it. */
const FOR_THE_AWAKE: ReadonlySet<string> = new Set(['approve', 'reject', 'clarify', 'retry'])

/** The answer to what a paused task cannot take; null where it can. Nothing is kept for later: people say it again. */
export function answerWhilePaused(task: StoredTask, command: StoredCommand): CommandResult | null {
  if (task.state !== 'PAUSED') return null
  const isApproval = command.verb === 'review_submitted' && argumentOf(command, 'verdict') === 'approve'
  if (!isApproval && !FOR_THE_AWAKE.has(command.verb)) return null
  const word = isApproval ? '' : command.verb
  return { reasonCode: 'task_paused', reply: { kind: 'refusal', reasonCode: 'task_paused', word, suggestions: [] } }
}
