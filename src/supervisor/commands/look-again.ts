import { OperatingError } from '../../task/errors.ts'
import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { findOut } from '../work/find-out.ts'
import { argumentOf } from './argument.ts'

/** GitHub refused to show something of a task that rests: perhaps what it stands on is gone, and nobody told. */
export const lookAgain: CommandHandler = async ({ corridor, task, command }) => {
  if (isFinal(task.state)) return { reasonCode: 'noted' }
  const refused = new OperatingError('configuration', argumentOf(command, 'reasonCode'), argumentOf(command, 'message'))
  const move = await findOut(corridor, task, refused)
  // A pause has no step that could be put off, and what waits for a person waits on.
  if (move === null || move.event !== 'cancel') return { reasonCode: 'noted' }
  return { reasonCode: move.reasonCode, move }
}
