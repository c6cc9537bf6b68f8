import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { Remote } from './git-environment.ts'
import { fileFailure } from './git-failure.ts'
import type { Mirror } from './handles.ts'
import { withGitLocks } from './lock.ts'
import { objectId, resolveCommits, safeBranch } from './refs.ts'
import { describeRemote } from './remote.ts'
import { sealMirror } from './seal.ts'

export type { Mirror } from './handles.ts'

/**
 * The mirror of a repository, made if there is none.
 * @param root directory of all workspaces; mirrors are `<root>/mirrors/<id>.git`
 * @param repositoryId GitHub's id: names change owner, ids do not
 */
export async function openMirror(root: string, repositoryId: number): Promise<Mirror> {
  if (!Number.isSafeInteger(repositoryId) || repositoryId <= 0)
    throw new OperatingError('internal', 'git_failed', 'opening a mirror: the repository id is not a positive integer')
  try {
    await mkdir(join(root, 'mirrors'), { recursive: true, mode: 0o700 })
    const dir = join(await realpath(root), 'mirrors', `${repositoryId}.git`)
    await sealMirror(dir)
    return { dir }
  } catch (error) {
    throw fileFailure(`opening the mirror of repository ${repositoryId}`, error)
  }
}

/** Brings the mirror's `refs/remotes/origin/*` to what the remote has now. Incremental; takes all branches and no tags. */
export async function fetchMirror(m: Mirror, remote: Remote, signal?: AbortSignal): Promise<void> {
  const action = `fetching ${describeRemote(remote)}`
  const at = { gitDir: m.dir }
  const abort = signal === undefined ? {} : { signal }
  await withGitLocks(m.dir, 'fetch', async () => {
    await sealMirror(m.dir)
    await git({
      action,
      args: [
        'fetch',
        '--quiet',
        '--prune',
        '--no-tags',
        '--no-recurse-submodules',
        '--no-write-fetch-head',
        '--no-auto-maintenance',
        '--',
        remote.url,
        '+refs/heads/*:refs/remotes/origin/*',
      ],
      at,
      remote,
      timeoutMs: FETCH_TIMEOUT_MS,
      ...abort,
    })
    await tidy(m, abort)
  })
}

/** Head of a branch of the remote as of the last fetch, or null where it has none of that name. */
export async function branchHead(m: Mirror, branch: string): Promise<string | null> {
  await sealMirror(m.dir)
  const [sha] = await resolveCommits(m, [`refs/remotes/origin/${safeBranch(branch)}`])
  return sha ?? null
}

/**
 * Text of a regular file at a commit, or null where there is none: also for a directory, a link and a submodule.
 * @param path relative to the repository's root, taken literally
 * Throws OperatingError (limit, too_many_bytes) above `maxBytes`: half a settings file would be worse than none.
 */
export async function readFileAt(m: Mirror, sha: string, path: string, maxBytes: number): Promise<string | null> {
  // git would call such a path an error; to the reader it is a file that is not there.
  if (path.includes('\0') || path.split('/').some((name) => ['', '.', '..'].includes(name))) return null
  await sealMirror(m.dir)
  const action = 'reading a file from the mirror'
  const at = { gitDir: m.dir }
  const { stdout } = await git({ action, args: ['ls-tree', '-l', '-z', objectId(sha), '--', path], at })
  const found = /^(?:100644|100755) blob ([0-9a-f]{40,64}) +(\d+)\t([^\0]*)\0$/.exec(stdout.toString('utf8'))
  if (found?.[1] === undefined || found[3] !== path) return null
  if (Number(found[2]) > maxBytes)
    throw new OperatingError('limit', 'too_many_bytes', `${action}: it has ${found[2]} bytes, the limit is ${maxBytes}`)
  const blob = await git({ action, args: ['cat-file', 'blob', found[1]], at, maxOutputBytes: maxBytes + 65_536 })
  return new TextDecoder().decode(blob.stdout)
}

/** Paths of the files at a commit, in git's order, at most `max`. Directories and submodules are not in it. */
export async function listFilesAt(m: Mirror, sha: string, max: number): Promise<string[]> {
  await sealMirror(m.dir)
  const { stdout } = await git({
    action: 'listing files in the mirror',
    args: ['ls-tree', '-r', '-z', '--full-tree', objectId(sha)],
    at: { gitDir: m.dir },
    maxOutputBytes: Math.min(max, 250_000) * 256 + 65_536,
    overflow: 'cut',
  })
  const entries = stdout.toString('utf8').split('\0').slice(0, -1)
  return entries
    .filter((entry) => !entry.startsWith('160000 '))
    .slice(0, max)
    .map((entry) => entry.slice(entry.indexOf('\t') + 1))
}

const FETCH_TIMEOUT_MS = 600_000
/** Even asking whether there is something to pack is a process more; this often is enough. */
const TIDY_EVERY_MS = 10 * 60_000
const tidiedAt = new Map<string, number>()

/**
 * Packs what many small fetches left behind; does nothing most of the time. Objects of running tasks are safe: git
 * keeps what is younger than two weeks. A mirror that cannot be packed still serves, so a failure here is no failure.
 */
async function tidy(m: Mirror, abort: { signal?: AbortSignal }): Promise<void> {
  if (Date.now() - (tidiedAt.get(m.dir) ?? 0) < TIDY_EVERY_MS) return
  tidiedAt.set(m.dir, Date.now())
  await git({
    action: 'packing the mirror',
    args: ['gc', '--auto', '--quiet'],
    at: { gitDir: m.dir },
    settings: [
      ['gc.auto', '6700'],
      ['gc.worktreePruneExpire', 'never'],
    ],
    timeoutMs: FETCH_TIMEOUT_MS,
    ...abort,
  }).catch((error: unknown) => {
    if (abort.signal?.aborted === true) throw error
  })
}
