import { REASON_CODES } from '../../task/reasons.ts'
import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { argumentOf } from './argument.ts'

/** What the task stands on is gone (the App's access, the repository, the issue, a branch): it ends, with the reason. */
export const groundLost: CommandHandler = async ({ task, command }) => {
  const reasonCode = REASON_CODES.find((code) => code === argumentOf(command, 'reasonCode')) ?? 'repository_gone'
  if (isFinal(task.state)) return { reasonCode: 'noted' }
  // Until it was taken up here, a pull request may have come about: then it is that which decides.
  const ofBranch =
    reasonCode === 'branch_deleted' || reasonCode === 'base_branch_missing' || reasonCode === 'issue_gone'
  if (ofBranch && task.pullNumber !== null) return { reasonCode: 'noted' }
  return { reasonCode, move: { event: reasonCode === 'base_branch_missing' ? 'error' : 'cancel', reasonCode } }
}
