import type { RepositoryRef } from '../task/task.ts'
import type { Mirror } from '../workspace/mirror.ts'
import { fetchMirror, openMirror } from '../workspace/mirror.ts'
import type { Corridor } from './corridor.ts'

/** The repository's bare mirror, brought up to date. Only what is new is transferred. */
export async function syncMirror(corridor: Corridor, repository: RepositoryRef, signal: AbortSignal): Promise<Mirror> {
  const mirror = await openMirror(corridor.workRoot, repository.id)
  const token = await corridor.github.token('read', repository)
  await fetchMirror(mirror, { url: corridor.github.remoteUrl(repository), token }, signal)
  return mirror
}
