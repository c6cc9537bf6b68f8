import { type DiffFacts, diffBetween } from '../../workspace/diff.ts'
import { openMirror } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'

/** Each holds a patch of up to a megabyte. */
const MOST = 8
const known = new WeakMap<Corridor, Map<string, Promise<DiffFacts>>>()

/**
 * What changed between two commits of a repository's mirror. It never changes itself, and the surfaces of a task are drawn
 * one after the other: they share one reading. Rejects where the mirror is not on this machine, and is asked anew then.
 */
export function knownDiff(corridor: Corridor, repositoryId: number, base: string, head: string): Promise<DiffFacts> {
  const diffs = known.get(corridor) ?? new Map<string, Promise<DiffFacts>>()
  known.set(corridor, diffs)
  const key = `${repositoryId}:${base}:${head}`
  const diff = diffs.get(key) ?? openMirror(corridor.workRoot, repositoryId).then((m) => diffBetween(m, base, head))
  // What was asked for last goes last.
  diffs.delete(key)
  diffs.set(key, diff)
  for (const oldest of [...diffs.keys()].slice(0, -MOST)) diffs.delete(oldest)
  diff.catch(() => {
    if (diffs.get(key) === diff) diffs.delete(key)
  })
  return diff
}
