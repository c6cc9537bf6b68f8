import { lstat, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { fileFailure } from './git-failure.ts'
import { removeTree } from './remove-tree.ts'

/**
 * Makes the disk agree with the database: every task directory that belongs to no task in `liveTaskIds` goes, at once,
 * whatever its age, and so do what the mirrors remember of it and what a crash left of spare trees.
 *
 * Removes only direct children of directories of ours under `root`; a link is removed itself, never what it points to.
 * Branches and commits stay: they are small, and a task that comes back starts from them. What cannot be removed does
 * not keep the rest from going; it is thrown at the end.
 * @returns the names of the task directories that were removed
 */
export async function cleanUp(root: string, liveTaskIds: ReadonlySet<string>): Promise<{ removed: string[] }> {
  const live = new Set([...liveTaskIds].map((id) => id.toLowerCase()))
  const top = await realpath(root).catch(() => null)
  if (top === null) return { removed: [] }
  const removed: string[] = []
  const troubles: unknown[] = []
  const remove = async (path: string) => {
    try {
      await removeTree(path)
      return true
    } catch (error) {
      troubles.push(error)
      return false
    }
  }
  // All of it is listed before the first thing is removed, which may take minutes: a task that starts meanwhile is not in
  // `liveTaskIds`, and must not be in the list either.
  const trees = await names(join(top, 'trees'))
  const others: string[] = []
  // Private directories of runs and checkouts of verifications begin with their task's id; only a crash leaves one. The
  // sessions of agents are kept as long as the task's tree.
  for (const folder of ['runs', 'checkouts', 'sessions']) {
    for (const name of await names(join(top, folder))) {
      if (!live.has(name.split('-')[0] ?? '')) others.push(join(top, folder, name))
    }
  }
  for (const mirror of await names(join(top, 'mirrors'))) {
    if (!(await names(join(top, 'mirrors', mirror))).includes('worktrees')) continue
    const worktrees = join(top, 'mirrors', mirror, 'worktrees')
    for (const name of await names(worktrees)) {
      if (!live.has(name)) others.push(join(worktrees, name))
    }
  }
  for (const name of trees.filter((n) => !live.has(n))) {
    if (await remove(join(top, 'trees', name))) removed.push(name)
  }
  for (const path of others) await remove(path)
  for (const repository of await names(join(top, 'spares'))) {
    for (const half of await abandoned(join(top, 'spares', repository))) await remove(half)
  }
  if (troubles.length > 0) throw fileFailure('removing old workspaces', troubles[0])
  return { removed }
}

/** A build or a handing-over takes minutes at most; what is older was left by a process that died. */
const ABANDONED_AFTER_MS = 3_600_000

async function abandoned(dir: string): Promise<string[]> {
  const old: string[] = []
  for (const name of (await names(dir)).filter((n) => /^(build|taken)-/.test(n))) {
    const found = await lstat(join(dir, name)).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) old.push(join(dir, name))
  }
  return old
}

/** Names in a real directory; none where there is no directory, or a link stands in its place. */
async function names(dir: string): Promise<string[]> {
  const found = await lstat(dir).catch(() => null)
  return found?.isDirectory() === true ? readdir(dir) : []
}
