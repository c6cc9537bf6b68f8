import { touchSurfaces } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { tasksOfThread } from '../../store/tasks.ts'
import type { ParsedCommand, Verb } from '../../task/command.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import { isFinal } from '../../task/states.ts'
import type { Corridor } from '../corridor.ts'
import type { AcceptedCommand } from './answer.ts'
import { answer } from './answer.ts'
import { retryTask } from './retry-task.ts'
import { storeCommand } from './store-command.ts'

/** Verbs that have a meaning for a task that has ended, too. */
const ON_ENDED: ReadonlySet<Verb> = new Set(['status', 'why', 'retry'])

/** A verb that means a task: the thread's one open task, the one that `--task` names, or the latest one that has ended. */
export async function acceptOnTask(
  corridor: Corridor,
  accepted: AcceptedCommand,
  parsed: Extract<ParsedCommand, { kind: 'verb' }>,
): Promise<ReasonCode> {
  const { command } = accepted
  const { repository, issueNumber } = command.place
  const all = await tasksOfThread(corridor.db.prisma, repository.id, issueNumber)
  const task = meantBy(parsed, all)
  if (typeof task === 'string') {
    const suggestions = all.filter((t) => !isFinal(t.state)).map((t) => t.id)
    await answer(corridor, accepted, task, { kind: 'refusal', reasonCode: task, word: parsed.verb, suggestions })
    return task
  }
  if (parsed.verb === 'retry' && isFinal(task.state))
    return retryTask(corridor, accepted, task, { beside: parsed.flags.task !== undefined })
  const { verb, argument } = parsed
  await corridor.db.prisma.$transaction(async (tx) => {
    await storeCommand(corridor, tx, accepted, { task, verb, argument: { argument } })
    // Whoever asks how it gets on sees it now, not when the step that is under way has ended.
    if (verb === 'status') await touchSurfaces(tx, task.id, 'asked')
  })
  return 'command_accepted'
}

/** @param all tasks of the thread, oldest first; @returns why none is meant, where none is */
function meantBy(
  { verb, flags }: Extract<ParsedCommand, { kind: 'verb' }>,
  all: readonly StoredTask[],
): StoredTask | 'several_open_tasks' | 'no_open_task' | 'unknown_task' {
  const open = all.filter((task) => !isFinal(task.state))
  const possible = ON_ENDED.has(verb) ? all : open
  const end = flags.task?.toUpperCase()
  const meant = end === undefined ? open : possible.filter((task) => task.id.toUpperCase().endsWith(end))
  if (meant.length > 1) return 'several_open_tasks'
  const [task] = meant.length === 1 || end !== undefined ? meant : possible.slice(-1)
  return task ?? (end !== undefined && all.length > 0 ? 'unknown_task' : 'no_open_task')
}
