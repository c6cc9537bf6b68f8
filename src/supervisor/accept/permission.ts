import type { PermissionOf } from '../../github/permission-of.ts'
import { permissionOf } from '../../github/permission-of.ts'
import type { Actor, RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

export interface ActorPermission {
  readonly level: PermissionOf['permission']
  readonly roleName: string | null
}

/** SPEC 1.6: an answer may be that old. */
const FRESH_MS = 60_000
const MAX_KNOWN = 1_000

const known = new WeakMap<Corridor, Map<string, { readonly at: number; readonly answer: ActorPermission }>>()

/**
 * What an account may do in the repository, asked of GitHub at most once a minute. A login that belongs to somebody else
 * by now counts as nobody.
 */
export async function permissionOfActor(
  corridor: Corridor,
  repository: RepositoryRef,
  actor: Pick<Actor, 'id' | 'login'>,
): Promise<ActorPermission> {
  const cache = known.get(corridor) ?? new Map()
  known.set(corridor, cache)
  const key = `${repository.id}:${actor.id}:${actor.login}`
  const found = cache.get(key)
  if (found && performance.now() - found.at < FRESH_MS) return found.answer
  const { permission, roleName, userId } = await permissionOf(corridor.github, repository, actor.login)
  const answer: ActorPermission = { level: userId === actor.id ? permission : 'none', roleName }
  cache.delete(key)
  cache.set(key, { at: performance.now(), answer })
  const oldest = cache.keys().next()
  if (cache.size > MAX_KNOWN && !oldest.done) cache.delete(oldest.value)
  return answer
}

export const mayWrite = ({ level }: ActorPermission): boolean => level === 'admin' || level === 'write'
