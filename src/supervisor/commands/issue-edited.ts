import type { TaskInputs } from '../../store/tasks.ts'
import type { State } from '../../task/states.ts'
import type { CommandHandler } from '../apply/command.ts'
import { rereadText } from '../apply/reread-text.ts'
import { argumentOf } from './argument.ts'

/** From the snapshot to the approval of the plan. INTAKE compares by itself; what runs already keeps its snapshot. */
const OPEN: ReadonlySet<State | null> = new Set(['CLASSIFY', 'ROUTE', 'CLARIFY', 'PLAN'])

/**
 * The text was edited before its plan was approved: people approve what they see, so what they see becomes the snapshot,
 * and classification, plan and approval are made again from it (SPEC 1.7, 11.1).
 */
export const issueEdited: CommandHandler = async ({ corridor, task, command }) => {
  const { inputs } = task
  const at = argumentOf(command, 'at')
  const text = { title: argumentOf(command, 'title'), body: argumentOf(command, 'body') }
  const isOpen = OPEN.has(task.state === 'PAUSED' ? task.pausedFrom : task.state)
  if (!isOpen || Date.parse(at) < Date.parse(inputs.editedAt ?? inputs.at)) return { reasonCode: 'event_not_handled' }
  const edit = { ...text, at, by: command.actor.login }
  // It is read when the task goes on.
  if (task.state === 'PAUSED') return keep({ ...inputs, unread: edit, editedAt: at })
  // Which of two texts counts is asked just now: the later one is another one, and the question stays.
  if (task.state === 'CLARIFY' && inputs.later) return keep({ ...inputs, later: text, editedAt: at })
  return rereadText(corridor, task, edit)

  function keep(changed: TaskInputs): Awaited<ReturnType<CommandHandler>> {
    return {
      reasonCode: 'text_edited',
      also: async (tx) => {
        await tx.task.update({ where: { id: task.id }, data: { inputs: corridor.db.json(changed) } })
      },
    }
  }
}
