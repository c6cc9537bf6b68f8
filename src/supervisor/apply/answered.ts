import { storeArtifact } from '../../store/artifacts.ts'
import { decisionsOf } from '../../store/decisions.ts'
import type { StoredTask, TaskInputs } from '../../store/tasks.ts'
import type { Choice } from '../../task/clarification.ts'
import { choicesFor, chosenIn, isTaskType, taskIndexOf } from '../../task/clarification.ts'
import { canonicalJson, sha256 } from '../../task/hash.ts'
import type { Corridor } from '../corridor.ts'
import { readSnapshot } from '../read-snapshot.ts'
import type { CommandContext, CommandResult } from './command.ts'
import { withText } from './reread-text.ts'

/**
 * The questions were answered: classification runs again with the answer, and the agent will read it. Where the question
 * offered choices, the one that was taken counts as what it is, and not only as more text.
 */
export async function answered({ corridor, task }: CommandContext, text: string): Promise<CommandResult> {
  const choice = chosenIn(text, await choicesOf(corridor, task))
  const { later, ...rest } = task.inputs
  const inputs: TaskInputs = {
    ...rest,
    clarifications: [...rest.clarifications, text],
    ...(choice !== null && isTaskType(choice) ? { told: choice } : {}),
  }
  const only = choice === null ? undefined : task.classification?.several?.[taskIndexOf(choice) ?? -1]?.title
  if (only !== undefined) return onlyThis({ corridor, task }, { ...inputs, only }, only)
  const reasonCode = 'clarification_answered'
  const facts = choice === null ? {} : { choice }
  if (choice === 'text_now' && later) return withLaterText({ corridor, task }, inputs, later)
  return { reasonCode, move: { event: 'answered', reasonCode, facts, patch: { inputs: corridor.db.json(inputs) } } }
}

/** One of several tasks was chosen: it stands for the request, and the agent is told so in the words of the request. */
function onlyThis(
  { corridor }: Pick<CommandContext, 'corridor' | 'task'>,
  inputs: TaskInputs,
  only: string,
): CommandResult {
  const reasonCode = 'clarification_answered'
  const clarifications = [...inputs.clarifications.slice(0, -1), `Only this one of the tasks is wanted: ${only}`]
  return {
    reasonCode,
    move: {
      event: 'answered',
      reasonCode,
      facts: { choice: only },
      patch: { title: corridor.db.text(only), inputs: corridor.db.json({ ...inputs, clarifications }) },
    },
  }
}

/** What is said on top of an answer that nobody has read yet belongs to it; it is no round of its own. */
export function addedToAnswer({ corridor, task }: CommandContext, text: string): CommandResult {
  const earlier = task.inputs.clarifications.slice(0, -1)
  const last = `${task.inputs.clarifications.at(-1) ?? ''}\n\n${text}`
  const inputs = corridor.db.json({ ...task.inputs, clarifications: [...earlier, last] })
  return {
    reasonCode: 'clarification_answered',
    also: async (tx) => {
      await tx.task.update({ where: { id: task.id }, data: { inputs } })
    },
  }
}

async function choicesOf({ db }: Corridor, task: StoredTask): Promise<readonly Choice[]> {
  const asked = (await decisionsOf(db, task.id)).findLast((d) => d.kind === 'clarify')
  return asked?.kind === 'clarify' ? choicesFor(asked.questions[0] ?? asked.reasonCode, task.classification) : []
}

/** The edited text is the one that is meant: it becomes the snapshot. */
async function withLaterText(
  { corridor, task }: Pick<CommandContext, 'corridor' | 'task'>,
  inputs: TaskInputs,
  later: { readonly title: string; readonly body: string },
): Promise<CommandResult> {
  const snapshot = withText(await readSnapshot(corridor, task), task.inputs, later)
  const content = canonicalJson(corridor.db.json(snapshot))
  const reasonCode = 'clarification_answered'
  return {
    reasonCode,
    move: {
      event: 'answered',
      reasonCode,
      facts: { choice: 'text_now', before: task.snapshotHash, after: sha256(content) },
      patch: {
        title: corridor.db.text(later.title),
        snapshotHash: sha256(content),
        inputs: corridor.db.json({ ...inputs, ...later }),
      },
    },
    also: async (tx) => {
      await storeArtifact(corridor.db, tx, task.id, { kind: 'snapshot', name: 'snapshot.json', content, exact: true })
    },
  }
}
