import type { Caller } from './caller.ts'
import type { Rows } from './emulator.ts'
import type { RepositoryRow } from './emulator-rows.ts'
import { ApiFailure, forbidden, notFound } from './failure.ts'
import type { Role } from './types.ts'

/** Ordered: a later role may do all that an earlier one may. */
const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const
export type Level = (typeof ROLES)[number]
const STORED = { pull: 'read', triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' } as const

/** Role of an account; on a public repository everybody can read. */
export function roleOf(rows: Rows, repository: RepositoryRow, login: string): Level {
  const user = rows.users.findOneBy('login', login)
  if (user?.id === repository.owner_id) return 'admin'
  const found = rows.collaborators.findBy('repo_id', repository.id).find((row) => row.user_id === user?.id)
  if (found) return STORED[found.permission]
  return repository.private ? 'none' : 'read'
}

/** What `GET …/permission` calls the role: it never says triage or maintain (GitHub's OpenAPI description). */
export function permissionNameOf(role: Level): string {
  return role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role
}

export const storedPermission = (role: Role) =>
  ({ admin: 'admin', maintain: 'maintain', write: 'push', triage: 'triage', read: 'pull' })[role] as
    | 'admin'
    | 'maintain'
    | 'push'
    | 'triage'
    | 'pull'

export const atLeast = (role: Level, wanted: Level): boolean => ROLES.indexOf(role) >= ROLES.indexOf(wanted)

/** Throws unless the caller may see the repository at all: whoever may not gets 404, like on GitHub. */
export function mustSee(rows: Rows, repository: RepositoryRow, caller: Caller, write: boolean): void {
  if (caller.kind === 'installation') {
    if (caller.repositories === null || caller.repositories.has(repository.id)) return
    if (repository.private) throw notFound()
    if (write) throw forbidden()
    return
  }
  if (caller.kind === 'user') {
    if (roleOf(rows, repository, caller.login) === 'none') throw notFound()
    return
  }
  if (repository.private) throw notFound()
  if (write) throw new ApiFailure(401, 'Requires authentication')
}

/**
 * Throws unless the caller has what the call needs: an installation one of the permissions, a person the role.
 * @param needs permission names of which one is enough
 */
export function mustHave(
  rows: Rows,
  repository: RepositoryRow,
  caller: Caller,
  needs: { permissions: readonly string[]; level: 'read' | 'write'; role: Level },
): void {
  mustSee(rows, repository, caller, needs.level === 'write')
  if (caller.kind === 'installation') {
    if (needs.level === 'read' && !repository.private) return
    if (!needs.permissions.some((name) => grants(caller.permissions[name], needs.level))) throw forbidden()
  } else if (caller.kind === 'user' && !atLeast(roleOf(rows, repository, caller.login), needs.role)) {
    throw new ApiFailure(403, 'Must have push access to the repository.')
  }
}

export const grants = (granted: string | undefined, level: 'read' | 'write'): boolean =>
  granted === 'write' || granted === 'admin' || (level === 'read' && granted === 'read')

/** Least role for people's writes: the emulator lets anybody do anything on a public repository. First match counts. */
const WRITES: readonly (readonly [RegExp, Level | 'author or triage' | 'author or write' | 'app'])[] = [
  [/^(POST|PATCH) check-(runs|suites)(\/\d+)?$/, 'app'],
  [/^POST check-(runs|suites)\/\d+\/rerequest$/, 'write'],
  [/^(PATCH|DELETE) (issues|pulls)\/comments\/\d+$/, 'author or write'],
  [/^POST issues$/, 'read'],
  [/^POST (issues|pulls)\/\d+\/comments(\/\d+\/replies)?$/, 'read'],
  [/^(POST|DELETE) .+\/reactions(\/\d+)?$/, 'read'],
  [/^POST pulls$/, 'read'],
  [/^POST pulls\/\d+\/reviews(\/\d+\/events)?$/, 'read'],
  [/^PATCH (issues|pulls)\/\d+$/, 'author or triage'],
  [/^\w+ issues\/\d+\/(labels|assignees)(\/.+)?$/, 'triage'],
  [/^\w+ pulls\/\d+\/requested_reviewers$/, 'triage'],
  [/^\w+ (collaborators|hooks)(\/.+)?$/, 'admin'],
  [/^\w+ branches\/.+\/protection/, 'admin'],
]

/** @param rest path below the repository, e.g. `issues/3/labels` */
export function mustWriteAsPerson(rows: Rows, repository: RepositoryRow, login: string, method: string, rest: string) {
  const needed = WRITES.find(([pattern]) => pattern.test(`${method} ${rest}`))?.[1] ?? 'write'
  if (needed === 'app') throw new ApiFailure(403, 'You must authenticate via a GitHub App.')
  const role = roleOf(rows, repository, login)
  const isAuthor = needed.startsWith('author') && authorOf(rows, repository, rest) === login
  const least = needed === 'author or triage' ? 'triage' : needed === 'author or write' ? 'write' : needed
  if (!isAuthor && !atLeast(role, least)) throw new ApiFailure(403, 'Must have push access to the repository.')
}

function authorOf(rows: Rows, repository: RepositoryRow, rest: string): string | undefined {
  const id = Number(/\d+$/.exec(rest)?.[0])
  const authorId = rest.includes('/comments/')
    ? rows.comments.get(id)?.user_id
    : rows.issues.findBy('repo_id', repository.id).find((issue) => issue.number === id)?.user_id
  return authorId === undefined ? undefined : rows.users.get(authorId)?.login
}
