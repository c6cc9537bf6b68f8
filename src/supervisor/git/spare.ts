import type { Mirror } from '../../workspace/mirror.ts'
import { refillSpare } from '../../workspace/spare.ts'
import type { Corridor } from '../corridor.ts'

/** A tree that took longer to lay belongs to a repository whose next task shall not wait like that. */
const SLOW_MS = 300

interface Spares {
  /** Mirrors of such repositories, as far as this process has met them. */
  readonly large: Set<string>
  readonly underWay: Set<Promise<void>>
}
const known = new WeakMap<Corridor, Spares>()

/**
 * Makes the mirror's spare tree in the background, while the agent is at work in the one that was just laid: for large
 * repositories only, because it costs a checkout of time and of disk. Without it the next task is slower, nothing else.
 * @param layMs how long the tree took
 */
export function keepSpare(corridor: Corridor, mirror: Mirror, sha: string, layMs: number): void {
  const spares = known.get(corridor) ?? { large: new Set(), underWay: new Set() }
  known.set(corridor, spares)
  if (layMs > SLOW_MS) spares.large.add(mirror.dir)
  if (!spares.large.has(mirror.dir)) return
  const made = refillSpare(mirror, sha)
    .catch((error: unknown) => corridor.log.warn({ err: error }, 'making a spare workspace'))
    .finally(() => spares.underWay.delete(made))
  spares.underWay.add(made)
}

/** Resolves when none is being made any more. */
export async function sparesMade(corridor: Corridor): Promise<void> {
  await Promise.all(known.get(corridor)?.underWay ?? [])
}
