import { lstat, mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { adminDir, indexFile, linkWorktree } from './admin.ts'
import { AGENT_CONFIG_PATHS } from './agent-config.ts'
import { fileFailure } from './git-failure.ts'
import type { Mirror, Worktree } from './handles.ts'
import { isAncestor, objectId, resolveCommits, safeBranch, writeRefs } from './refs.ts'
import { removeTree } from './remove-tree.ts'
import { ensureDirectory, sealMirror } from './seal.ts'
import { layTree, resetTree } from './tree.ts'

export type { Worktree } from './handles.ts'

/**
 * A clean tree at the task's last commit: adopted if this machine has it, else built. Safe to repeat, also after a
 * kill at any moment: whatever is off is put right or built again. Everything uncommitted is gone afterwards, ignored
 * files too, so that a run starts from the same files on every machine. One exception: work that `keepTree` has kept on
 * top of that commit is laid on it again, uncommitted.
 *
 * The last commit is the one that `commitAll` made for this task here on top of `startSha`; without one it is `startSha`
 * (somebody may have pushed onto the branch, or put it elsewhere). What an agent committed by itself does not count.
 * @param options.root directory of all workspaces; the tree is `<root>/trees/<task id>`
 */
export async function prepareWorktree(
  m: Mirror,
  options: { root: string; taskId: string; branch: string; startSha: string },
): Promise<Worktree> {
  const name = treeName(options.taskId)
  const action = `preparing the workspace of task ${name}`
  const branch = safeBranch(options.branch)
  try {
    await mkdir(join(options.root, 'trees'), { recursive: true, mode: 0o700 })
    const w: Worktree = { mirror: m, path: join(await realpath(join(options.root, 'trees')), name), branch, name }
    await sealMirror(m.dir)
    const { head, kept } = await lastCommit(w, options.startSha)
    await ensureDirectory(join(m.dir, 'worktrees'))
    await ensureDirectory(adminDir(w))
    await adoptOrLay(w, kept ?? head)
    await linkWorktree(w)
    await writeRefs(m, [
      [ownRef(w), head],
      [`refs/heads/${branch}`, head],
    ])
    return w
  } catch (error) {
    throw fileFailure(action, error)
  }
}

/** Takes the tree away, and without `keepBranch` the task's commits too. Nothing there is fine. */
export async function removeWorktree(w: Worktree, options: { keepBranch: boolean }): Promise<void> {
  if (basename(w.path) !== treeName(w.name) || basename(dirname(w.path)) !== 'trees')
    throw new OperatingError('internal', 'git_failed', 'removing a workspace: this is not the path of one')
  try {
    await removeTree(w.path)
    await removeTree(adminDir(w))
    if (options.keepBranch) return
    await sealMirror(w.mirror.dir)
    await writeRefs(w.mirror, [
      [ownRef(w), null],
      [keptRef(w), null],
      [`refs/heads/${safeBranch(w.branch)}`, null],
    ])
  } catch (error) {
    throw fileFailure(`removing the workspace of task ${w.name}`, error)
  }
}

/**
 * What a sandbox must hold read-only over a writable tree: its `.git` file, the mirror, and the paths of agent
 * configuration, also where nothing is there yet: the sandbox covers those while it runs. Not covered is what would
 * have to lie in a folder that is not there (`.github/hooks`): covering that would take the whole folder from the agent;
 * `restoreAgentConfig` removes what is put there.
 */
export async function agentReadOnlyPaths(w: Worktree): Promise<string[]> {
  const found: string[] = [join(w.path, '.git'), w.mirror.dir]
  for (const relative of AGENT_CONFIG_PATHS) {
    const path = join(w.path, relative)
    const there = await lstat(path).catch(() => null)
    // A link is left out: the mount would cover whatever it points to.
    if (there !== null ? (await realpath(path).catch(() => null)) === path : await isFolder(dirname(path)))
      found.push(path)
  }
  return found
}

const isFolder = async (path: string): Promise<boolean> =>
  (await realpath(path).catch(() => null)) === path && (await lstat(path)).isDirectory()

/**
 * Makes a commit the task's last one that we have not made: somebody pushed it onto the branch. Needed where it does not
 * stand on ours, because then nothing but this says which of the two counts. It must be in the mirror.
 */
export async function adoptCommit(
  m: Mirror,
  o: { readonly taskId: string; readonly branch: string; readonly sha: string },
): Promise<void> {
  await sealMirror(m.dir)
  await writeRefs(m, [
    [ownRef({ name: treeName(o.taskId) }), o.sha],
    [`refs/heads/${safeBranch(o.branch)}`, o.sha],
  ])
}

/** Our own mark of a task's last commit. A branch can be moved by an agent that runs `git commit`; this is not one. */
export function ownRef(w: Pick<Worktree, 'name'>): string {
  return `refs/supervise/${w.name}`
}

/** What was kept of a round that a pause stopped, beside the branch. */
export function keptRef(w: Worktree): string {
  return `refs/kept/${w.name}`
}

/** The name of a task's directory: its id in lower case, letters and digits only. */
export function treeName(taskId: string): string {
  const name = taskId.toLowerCase()
  if (!/^[a-z0-9]{1,64}$/.test(name))
    throw new OperatingError('internal', 'git_failed', 'a task id is not letters and digits')
  return name
}

async function lastCommit(w: Worktree, startSha: string): Promise<{ head: string; kept: string | null }> {
  const names = [ownRef(w), objectId(startSha), keptRef(w), `${keptRef(w)}^`]
  const [own, start, kept, keptOn] = await resolveCommits(w.mirror, names)
  if (typeof start !== 'string')
    throw new OperatingError(
      'transient',
      'git_failed',
      `commit ${startSha.slice(0, 12)} is not in the mirror: fetch first`,
    )
  const isAhead = typeof own === 'string' && own !== start && (await isAncestor(w.mirror, start, own))
  const head = isAhead ? own : start
  return { head, kept: typeof kept === 'string' && keptOn === head ? kept : null }
}

async function adoptOrLay(w: Worktree, head: string): Promise<void> {
  const found = await lstat(w.path).catch(() => null)
  if (found?.isDirectory() === true) {
    try {
      return await resetTree(w.mirror, w.path, indexFile(w), head)
    } catch (error) {
      // A tree that git cannot mend is built again; a full disk would not be helped by that.
      if (error instanceof OperatingError && error.failureClass === 'limit') throw error
    }
  }
  await layTree(w.mirror, w.path, indexFile(w), head)
}
