import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { Mirror } from './handles.ts'
import { withGitLocks } from './lock.ts'

/** The commits that these names or ids stand for, null where there is none. One process for all of them. */
export async function resolveCommits(m: Mirror, names: readonly string[]): Promise<(string | null)[]> {
  const { stdout } = await git({
    action: 'looking up commits in the mirror',
    args: ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    at: { gitDir: m.dir },
    input: names.map((name) => `${name}^{commit}\n`).join(''),
  })
  const lines = stdout.toString('utf8').split('\n')
  return names.map((_, index) => /^([0-9a-f]{40,64}) commit$/.exec(lines[index] ?? '')?.[1] ?? null)
}

/** True if `older` is `newer` or one of its ancestors. Both must be in the mirror. */
export async function isAncestor(m: Mirror, older: string, newer: string): Promise<boolean> {
  const { exitCode } = await git({
    action: 'comparing commits in the mirror',
    args: ['merge-base', '--is-ancestor', objectId(older), objectId(newer)],
    at: { gitDir: m.dir },
    answers: [0, 1],
  })
  return exitCode === 0
}

/** The newest commit that both build on, or null where they have nothing in common. Both must be in the mirror. */
export async function mergeBase(m: Mirror, a: string, b: string): Promise<string | null> {
  const { stdout } = await git({
    action: 'comparing commits in the mirror',
    args: ['merge-base', objectId(a), objectId(b)],
    at: { gitDir: m.dir },
    answers: [0, 1],
  })
  return stdout.toString('utf8').split('\n')[0] || null
}

/** Sets refs all at once (`sha`), or deletes them (null). A symbolic ref is replaced, not followed. */
export async function writeRefs(
  m: Mirror,
  refs: readonly (readonly [ref: string, sha: string | null])[],
): Promise<void> {
  const lines = refs.map(([ref, sha]) =>
    sha === null ? `option no-deref\0delete ${ref}\0\0` : `option no-deref\0update ${ref}\0${objectId(sha)}\0\0`,
  )
  await withGitLocks(m.dir, 'refs', () =>
    git({
      action: 'writing branches in the mirror',
      args: ['update-ref', '--stdin', '-z'],
      at: { gitDir: m.dir },
      input: lines.join(''),
    }),
  )
}

/** A full object id, or a thrown bug: nothing shorter or cleverer gets into an argument. */
export function objectId(text: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text))
    throw new OperatingError('internal', 'git_failed', 'not a full object id')
  return text
}

/**
 * A branch name that may stand in a ref: git's own rules (git-check-ref-format(1)) and ours on top. git would take
 * `$(id)`, a leading dash, `+x`, bidirectional marks and 40 hex digits.
 */
export function safeBranch(name: string): string {
  const bad =
    name.length === 0 ||
    name.length > 200 ||
    /[\p{C}\p{Z}~^:?*[\]\\`$;|&<>'"(){}!]/u.test(name) ||
    /^[-+@]|\/[-.]|^\.|\.\.|\/\/|@\{|^\/|[/.]$|\.lock(\/|$)/.test(name) ||
    /^(HEAD|refs\/.*|[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name)
  if (bad) throw new OperatingError('task', 'git_failed', 'the branch name is not one that this program works with')
  return name
}
