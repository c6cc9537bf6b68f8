import { lastPause } from '../../store/history.ts'
import { wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import type { CommandHandler } from '../apply/command.ts'
import { restOfPause } from '../apply/paused-rest.ts'
import { isPushed } from '../verification-only.ts'

/** Goes on where the pause stopped it; what it waited for then, it waits for again, for as long as was left. */
export const resume: CommandHandler = async ({ corridor, task }) => {
  if (task.state !== 'PAUSED') {
    return {
      reasonCode: 'not_paused',
      reply: { kind: 'refusal', reasonCode: 'not_paused', word: 'resume', suggestions: [] },
    }
  }
  const rest = isChanged(task) ? null : restOfPause(await lastPause(corridor.db, task.id), new Date())
  if (rest === null)
    return { reasonCode: 'resumed_by_person', move: { event: 'resume', reasonCode: 'resumed_by_person' } }
  const { waitingOn, until, reasonCode } = rest
  return {
    reasonCode: 'resumed_by_person',
    // The reason of a state says why it rests; that a person woke it stands in the event and the actor.
    move: { event: 'resume', reasonCode, rest: { waitingOn, until } },
    also: (tx) => wantSurface(tx, surfaceOwner(task), 'asking'),
  }
}

/** What people were asked about is not the same any more: the text was edited, or somebody pushed. The step looks at it. */
const isChanged = (task: StoredTask): boolean =>
  task.inputs.unread !== undefined || (task.pausedFrom === 'REPORT' && isPushed(task) && task.verdict === null)
