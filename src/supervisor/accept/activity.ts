import { repositoryIn } from '../../intake/payloads.ts'
import { watchRepositories } from '../../store/watched-repositories.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'
import { isAllowed } from './accept.ts'

/** A repository is looked at that often at most, however much it delivers. */
const NOTED_AGAIN_AFTER_MS = 10 * 60_000
const MAX_NOTED = 5_000

interface Noted {
  readonly at: Date
  /** null = written down already. */
  readonly repository: RepositoryRef | null
}

const noted = new WeakMap<Corridor, Map<number, Noted>>()

/** A delivery of any kind came: its repository is alive, and is compared with GitHub from now on. */
export function noteActivity(corridor: Corridor, payload: Readonly<Record<string, unknown>>): void {
  const known = noted.get(corridor) ?? new Map<number, Noted>()
  noted.set(corridor, known)
  const { id } = (payload['repository'] ?? {}) as { id?: unknown }
  const last = typeof id === 'number' ? known.get(id) : undefined
  if (last && Date.now() - last.at.getTime() < NOTED_AGAIN_AFTER_MS) return
  const repository = repositoryIn(payload)
  if (!repository) return
  known.delete(repository.id)
  known.set(repository.id, { at: new Date(), repository })
  const oldest = known.keys().next()
  if (known.size > MAX_NOTED && !oldest.done) known.delete(oldest.value)
}

/** Writes down what was noted since the last time, as far as the operator works for it. */
export async function storeActivity(corridor: Corridor, firstAfterMs: number): Promise<void> {
  const known = noted.get(corridor) ?? new Map<number, Noted>()
  for (const [id, { at, repository }] of known) {
    if (repository === null) continue
    if (await isAllowed(corridor, repository)) await watchRepositories(corridor.db, [{ repository, at }], firstAfterMs)
    known.set(id, { at, repository: null })
  }
}
