import type { StoredTask } from '../../store/tasks.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { fetchMirror, openMirror } from '../../workspace/mirror.ts'
import type { Corridor } from '../corridor.ts'
import type { StepContext } from '../work/step.ts'
import { withGitToken } from './with-git-token.ts'

/** What one step has fetched serves the next ones that long at most. */
const FRESH_MS = 10_000
/** For a fetch that no step can be asked to stop. */
const FETCH_TIMEOUT_MS = 60_000

interface Sync {
  /** When it was begun; what came to GitHub later may be missing. */
  readonly at: number
  readonly done: Promise<unknown>
}
const latest = new WeakMap<Corridor, Map<number, Sync>>()

/**
 * The repository's bare mirror, with all that GitHub had when the task's present business began: its command, an answer
 * to it, a change of the plan. Steps that follow each other share one fetch; only what is new is transferred.
 */
export async function syncMirror({ corridor, task, signal }: Omit<StepContext, 'lease'>): Promise<Mirror> {
  const mirror = await openMirror(corridor.workRoot, task.repository.id)
  const known = latest.get(corridor) ?? new Map<number, Sync>()
  latest.set(corridor, known)
  const found = known.get(task.repository.id)
  if (found && found.at >= Math.max(begunAt(task), Date.now() - FRESH_MS) && (await isDone(found.done, signal)))
    return mirror
  const sync = { at: Date.now(), done: fetchNow(corridor, task.repository, mirror, signal) }
  known.set(task.repository.id, sync)
  try {
    await sync.done
  } catch (error) {
    if (known.get(task.repository.id) === sync) known.delete(task.repository.id)
    throw error
  }
  return mirror
}

/** The mirror with all that GitHub has at this moment. For what must not be missed; everybody else shares. */
export async function freshMirror(corridor: Corridor, repository: RepositoryRef): Promise<Mirror> {
  const mirror = await openMirror(corridor.workRoot, repository.id)
  await fetchNow(corridor, repository, mirror, AbortSignal.timeout(FETCH_TIMEOUT_MS))
  return mirror
}

async function fetchNow(
  corridor: Corridor,
  repository: RepositoryRef,
  mirror: Mirror,
  signal: AbortSignal,
): Promise<void> {
  const { github } = corridor
  const url = github.remoteUrl(repository)
  await withGitToken(github, 'read', repository, (token) => fetchMirror(mirror, { url, token }, signal))
}

/** A task that nobody has answered or changed yet began with its command, whatever step it is at. */
function begunAt({ createdAt, updatedAt, inputs, planHash }: StoredTask): number {
  return (inputs.clarifications.length === 0 && planHash === null ? createdAt : updatedAt).getTime()
}

/** Waits for somebody's fetch; false where that one failed or was stopped. Rejects only when this one is. */
async function isDone(done: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => stopped.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const joined = done.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([joined, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
