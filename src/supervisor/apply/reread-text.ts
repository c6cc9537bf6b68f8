import { cleanText } from '../../intake/clean-text.ts'
import { voidApprovals } from '../../store/approvals.ts'
import { storeArtifact } from '../../store/artifacts.ts'
import type { StoredTask, TaskInputs } from '../../store/tasks.ts'
import { canonicalJson, sha256 } from '../../task/hash.ts'
import type { Snapshot } from '../../task/snapshot.ts'
import type { Corridor } from '../corridor.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { MAX_BODY, MAX_TITLE } from '../steps/intake.ts'
import type { CommandResult } from './command.ts'
import { withNote } from './notes.ts'

/** Whoever opened the issue can edit it: the work that one edit causes has a limit. */
const MAX_EDITS = 10

/** Makes the edited text the snapshot, and classification, plan and approval are made again from it; or nothing has changed. */
export async function rereadText(
  corridor: Corridor,
  task: StoredTask,
  edit: NonNullable<TaskInputs['unread']>,
): Promise<CommandResult> {
  const { unread: _unread, ...inputs } = task.inputs
  const { at, by, ...text } = edit
  const before = await readSnapshot(corridor, task)
  const content = canonicalJson(corridor.db.json(withText(before, inputs, text)))
  const snapshot = JSON.parse(content) as Snapshot
  const changed = (['title', 'body'] as const).filter((part) => snapshot[part] !== before[part])
  if (changed.length === 0) return { reasonCode: 'event_not_handled' }
  const edits = (inputs.edits ?? 0) + 1
  if (edits > MAX_EDITS)
    return { reasonCode: 'too_many_edits', move: { event: 'cancel', reasonCode: 'too_many_edits', facts: { edits } } }
  const detail = `${changed.join(' and ')}, by ${by}`
  const noted = withNote(inputs, { reasonCode: 'text_edited', detail })
  return {
    reasonCode: 'text_edited',
    move: {
      event: 'text_changed',
      reasonCode: 'text_edited',
      facts: { changed, before: task.snapshotHash, after: sha256(content) },
      patch: {
        title: corridor.db.text(text.title),
        snapshotHash: sha256(content),
        planHash: null,
        inputs: corridor.db.json({ ...noted, ...text, edits, editedAt: at }),
      },
    },
    also: async (tx) => {
      await storeArtifact(corridor.db, tx, task.id, { kind: 'snapshot', name: 'snapshot.json', content, exact: true })
      await voidApprovals(tx, task.id, ['execute'], `edited: ${detail}`)
    },
  }
}

/** The same snapshot with another title and body; what was hidden in them is counted anew. */
export function withText(before: Snapshot, inputs: TaskInputs, text: { title: string; body: string }): Snapshot {
  const clean = (of: { title: string; body: string }) => ({
    title: cleanText(of.title, MAX_TITLE),
    body: cleanText(of.body, MAX_BODY),
  })
  const hidden = ({ title, body }: ReturnType<typeof clean>): number => title.hiddenRemoved + body.hiddenRemoved
  const now = clean(text)
  return {
    ...before,
    title: now.title.text,
    body: now.body.text,
    hiddenRemoved: Math.max(0, before.hiddenRemoved - hidden(clean(inputs)) + hidden(now)),
  }
}
