import type { RepositoryRef } from '../task/task.ts'

/** Who looks: somebody on the machine itself, or somebody that GitHub has told the name of. */
export type Visitor =
  | { readonly kind: 'operator' }
  | { readonly kind: 'person'; readonly id: number; readonly login: string }

/** What GitHub says of an account in a repository. */
export type ReadsRepository = (
  repository: RepositoryRef,
  login: string,
) => Promise<{
  readonly permission: 'admin' | 'write' | 'read' | 'none'
  readonly userId: number | null
}>

export interface Access {
  /** Whether the visitor may read the repository on GitHub, asked there at most once in two minutes. */
  mayRead(visitor: Visitor, repository: RepositoryRef): Promise<boolean>
  /** Those of them that the visitor may read; null = all there are. */
  readable(visitor: Visitor, repositories: () => Promise<readonly RepositoryRef[]>): Promise<readonly number[] | null>
}

/** Long enough for a look around, short enough for somebody who was shut out. */
const REMEMBERED_MS = 2 * 60_000
const MOST_REMEMBERED = 20_000
const AT_ONCE = 8

/** @param ask rejects where GitHub cannot be asked: then nobody may, and it is asked anew soon */
export function createAccess(ask: ReadsRepository, now: () => number = Date.now): Access {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<boolean> }>()

  const mayRead: Access['mayRead'] = (visitor, repository) => {
    if (visitor.kind === 'operator') return Promise.resolve(true)
    const key = `${visitor.id}:${repository.id}`
    const found = known.get(key)
    if (found && found.until > now()) return found.answer
    if (known.size >= MOST_REMEMBERED) known.clear()
    const answer = ask(repository, visitor.login).then(
      // A login can be given to somebody else: the id is who it is.
      ({ permission, userId }) => permission !== 'none' && userId === visitor.id,
      () => {
        known.delete(key)
        return false
      },
    )
    known.set(key, { until: now() + REMEMBERED_MS, answer })
    return answer
  }

  return {
    mayRead,
    readable: async (visitor, repositories) => {
      if (visitor.kind === 'operator') return null
      const all = await repositories()
      const allowed: number[] = []
      for (let i = 0; i < all.length; i += AT_ONCE) {
        const some = all.slice(i, i + AT_ONCE)
        const answers = await Promise.all(some.map((repository) => mayRead(visitor, repository)))
        allowed.push(...some.filter((_, n) => answers[n] === true).map(({ id }) => id))
      }
      return allowed
    },
  }
}
