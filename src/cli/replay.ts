import { replay } from '../supervisor/replay/replay.ts'
import { requireTaskId } from './require-task-id.ts'
import { withStore } from './with-store.ts'

/** `supervisor replay TASK`: what was decided, decided again from the same inputs. Exit code 1 where anything differs. */
export async function replayTask(idOrEnd: string, options: { json?: true }): Promise<void> {
  const { task, replayed } = await withStore(async (db) => {
    const id = await requireTaskId(db, idOrEnd)
    return { task: id, replayed: await replay(db, id) }
  })
  const differences = replayed.filter((r) => r.difference !== null)
  if (options.json) process.stdout.write(`${JSON.stringify({ task, same: differences.length === 0, replayed })}\n`)
  else {
    const lines = replayed.map(
      (r) =>
        `${r.difference === null ? 'same     ' : 'DIFFERENT'}  ${r.what}${r.difference === null ? '' : `: ${plain(r.difference)}`}`,
    )
    process.stdout.write(
      `${[`${task}: ${replayed.length} repeated, ${differences.length} different`, ...lines].join('\n')}\n`,
    )
  }
  if (differences.length > 0) process.exitCode = 1
}

/** Foreign text on a terminal: one line, no control characters. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 2_000)
