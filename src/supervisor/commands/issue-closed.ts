import { isFinal } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { withNote } from '../apply/notes.ts'
import { argumentOf, flagOf } from './argument.ts'

/**
 * The issue was closed: a task without a pull request ends. One that has a pull request goes on, because that is decided
 * there; so does one whose issue was closed by somebody who may not stop it. Both say so.
 */
export const issueClosed: CommandHandler = async ({ corridor, task, command }) => {
  if (isFinal(task.state)) return { reasonCode: 'noted' }
  const notPlanned = flagOf(command, 'notPlanned')
  if (task.pullNumber === null && flagOf(command, 'may')) {
    const reasonCode = 'issue_closed'
    const patch = notPlanned ? ({ outcome: 'rejected' } as const) : {}
    return { reasonCode, move: { event: 'cancel', reasonCode, facts: { notPlanned }, patch } }
  }
  if (task.pullNumber !== null && !notPlanned) return { reasonCode: 'noted' }
  const reasonCode = 'issue_closed_task_goes_on'
  const inputs = withNote(task.inputs, {
    reasonCode,
    detail: `by ${command.actor.login}, ${argumentOf(command, 'at')}`,
  })
  return {
    reasonCode,
    also: async (tx) => {
      await tx.task.update({ where: { id: task.id }, data: { inputs: corridor.db.json(inputs) } })
    },
  }
}
