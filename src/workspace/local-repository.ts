import { lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OperatingError } from '../task/errors.ts'
import { git } from './git.ts'
import type { Mirror } from './handles.ts'
import { mergeBase } from './refs.ts'
import { sealMirror } from './seal.ts'

/**
 * A mirror in `mirrorDir` that holds the files of a few commits of a repository on this machine, and not their history.
 * The repository is read, never written, and nothing of its configuration has a say.
 * @param dir  the repository: a working tree, one of its directories, a linked worktree, or a bare one
 * @param refs names or ids of commits, as people type them
 * @returns the ids of the commits, in the order of `refs`
 */
export async function mirrorOfLocal(
  dir: string,
  refs: readonly string[],
  mirrorDir: string,
): Promise<{ mirror: Mirror; commits: string[]; root: string }> {
  const { gitDir, root } = await findRepository(dir)
  const commits: string[] = []
  for (const ref of refs) commits.push(await resolveRef(gitDir, ref))
  await sealMirror(mirrorDir)
  const packs = join(mirrorDir, 'objects', 'pack')
  await mkdir(packs, { recursive: true })
  for (const sha of new Set(commits)) {
    await git({
      action: `reading commit ${sha.slice(0, 12)}`,
      args: ['pack-objects', '--revs', '--window=0', '--delta-base-offset', '-q', join(packs, 'pack')],
      at: { gitDir },
      // A commit that is named shallow counts as one without parents: its history stays behind.
      input: `--shallow ${sha}\n${sha}\n`,
      timeoutMs: 600_000,
    })
  }
  return { mirror: { dir: mirrorDir }, commits, root }
}

/**
 * The newest commit that two commits of a repository on this machine both build on; null where they have nothing in common,
 * or where a shallow clone does not have it.
 */
export async function forkPoint(dir: string, one: string, other: string): Promise<string | null> {
  const { gitDir } = await findRepository(dir)
  const [a, b] = [await resolveRef(gitDir, one), await resolveRef(gitDir, other)]
  return mergeBase({ dir: gitDir }, a, b)
}

/**
 * Takes a branch of another repository on this machine over, as a new branch of the same name.
 * @throws OperatingError where there is a branch of that name already, with another commit
 */
export async function takeBranch(gitDir: string, from: string, branch: string): Promise<void> {
  await git({
    action: `taking the branch ${branch} over`,
    args: [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--end-of-options',
      from,
      `refs/heads/${branch}:refs/heads/${branch}`,
    ],
    at: { gitDir },
    remote: { url: pathToFileURL(from).href, token: null },
    timeoutMs: 600_000,
  })
}

/** git's own search (git(1), GIT_DIR), without running anything in a directory that may be anybody's. */
export async function findRepository(dir: string): Promise<{ gitDir: string; root: string }> {
  const start = await realpath(dir).catch(() => null)
  if (start === null) throw new OperatingError('configuration', 'git_failed', `there is no directory ${dir}`)
  if (await isGitDir(start)) return { gitDir: start, root: start }
  for (let at = start; ; at = dirname(at)) {
    const found = await gitDirIn(at)
    if (found !== null) return { gitDir: found, root: at }
    if (dirname(at) === at) break
  }
  throw new OperatingError('configuration', 'git_failed', `${dir} is not in a git repository`)
}

async function gitDirIn(dir: string): Promise<string | null> {
  const path = join(dir, '.git')
  const found = await lstat(path).catch(() => null)
  if (found === null) return null
  if (!found.isFile()) return (await isGitDir(path)) ? await realpath(path) : null
  // A linked worktree or a submodule.
  const [, target] = /^gitdir: (.+?)\s*$/.exec(await readFile(path, 'utf8')) ?? []
  return target === undefined ? null : resolve(dir, target)
}

async function isGitDir(dir: string): Promise<boolean> {
  const [head, objects] = await Promise.all(['HEAD', 'objects'].map((name) => stat(join(dir, name)).catch(() => null)))
  return head?.isFile() === true && objects?.isDirectory() === true
}

async function resolveRef(gitDir: string, ref: string): Promise<string> {
  const call = { action: `looking up ${ref}`, at: { gitDir }, answers: [0, 1, 128] } as const
  const { exitCode, stdout } = await git({
    ...call,
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
  })
  const sha = stdout.toString('utf8').trim()
  if (exitCode === 0 && /^[0-9a-f]{40}$/.test(sha)) return sha
  throw new OperatingError('configuration', 'git_failed', `the repository has no commit "${ref.slice(0, 200)}"`)
}
