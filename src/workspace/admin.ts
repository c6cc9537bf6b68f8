import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worktree } from './handles.ts'
import { removeTree } from './remove-tree.ts'
import { ensureDirectory, ensureFile } from './seal.ts'

/**
 * Ties a tree to the mirror as a linked worktree, or ties it again (gitrepository-layout(5), `worktrees/<id>`).
 *
 * This is a service to the agent, whose git should answer `status` and `diff`. We ourselves never go in through it: our
 * commands name mirror, tree and index explicitly. So an agent that rewrites the tree's `.git` file, or anything here,
 * deceives nobody but itself, and the next call puts it right. All names that we did not write are removed.
 */
export async function linkWorktree(w: Worktree): Promise<void> {
  const admin = adminDir(w)
  await ensureDirectory(join(w.mirror.dir, 'worktrees'))
  await ensureDirectory(admin)
  await ensureFile(join(admin, 'HEAD'), `ref: refs/heads/${w.branch}\n`)
  await ensureFile(join(admin, 'commondir'), '../..\n')
  await ensureFile(join(admin, 'gitdir'), `${join(w.path, '.git')}\n`)
  for (const name of await readdir(admin)) {
    if (!KEPT.has(name)) await removeTree(join(admin, name))
  }
  await ensureFile(join(w.path, '.git'), `gitdir: ${admin}\n`)
}

/** Computed, never read from anywhere. */
export function adminDir(w: Worktree): string {
  return join(w.mirror.dir, 'worktrees', w.name)
}

/** The index that the agent's git sees. Ours for a harvest is always a new file beside it. */
export function indexFile(w: Worktree): string {
  return join(adminDir(w), 'index')
}

const KEPT = new Set(['HEAD', 'commondir', 'gitdir', 'index'])
