import type { StoredTask } from '../../store/tasks.ts'
import { type DiffFacts, diffBetween } from '../../workspace/diff.ts'
import { openMirror } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'
import { bringWork } from '../git/carry-work.ts'
import { freshMirror } from '../git/sync-mirror.ts'

/** Each holds a patch of up to a megabyte. */
const MOST = 8
const known = new WeakMap<Corridor, Map<string, Promise<DiffFacts>>>()

/**
 * What changed between two commits of a repository's mirror. It never changes itself, and the surfaces of a task are drawn
 * one after the other: they share one reading. What another machine has made is brought here. Rejects where that is not
 * possible, and is asked anew then.
 */
export function knownDiff(corridor: Corridor, task: StoredTask, base: string, head: string): Promise<DiffFacts> {
  const diffs = known.get(corridor) ?? new Map<string, Promise<DiffFacts>>()
  known.set(corridor, diffs)
  const key = `${task.repository.id}:${base}:${head}`
  const diff = diffs.get(key) ?? read(corridor, task, base, head)
  // What was asked for last goes last.
  diffs.delete(key)
  diffs.set(key, diff)
  for (const oldest of [...diffs.keys()].slice(0, -MOST)) diffs.delete(oldest)
  diff.catch(() => {
    if (diffs.get(key) === diff) diffs.delete(key)
  })
  return diff
}

async function read(corridor: Corridor, task: StoredTask, base: string, head: string): Promise<DiffFacts> {
  const mirror = await openMirror(corridor.workRoot, task.repository.id)
  await bringWork(corridor, task, mirror, head, () => freshMirror(corridor, task.repository))
  return diffBetween(mirror, base, head)
}
