import { lstat, mkdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type GitCall, git } from './git.ts'
import type { GitPlace } from './git-environment.ts'
import type { Mirror } from './handles.ts'
import { moveTree, TREE_TIMEOUT_MS } from './move-tree.ts'
import { objectId } from './refs.ts'
import { removeTree } from './remove-tree.ts'
import { takeSpare } from './spare.ts'

/**
 * Lays a commit's files into `tree`, which is removed first if it is there: from the mirror's spare tree where there is
 * one, which leaves only the difference to write, else by a whole checkout. `index` is written anew.
 */
export async function layTree(m: Mirror, tree: string, index: string, sha: string): Promise<void> {
  await removeTree(tree)
  await removeIndex(index)
  const isSpare = await takeSpare(m, tree, index)
  if (!isSpare) await mkdir(tree, { recursive: true, mode: 0o700 })
  const at = { gitDir: m.dir, workTree: tree, index }
  try {
    await moveTree(at, sha)
    // Into an empty directory git has written the commit's files and nothing else.
    if (isSpare) await clean(at)
  } catch (error) {
    // A full disk gets its room back.
    await removeTree(tree)
    throw error
  }
}

/**
 * Brings a tree that an agent had to exactly a commit: changed files rewritten, everything else removed, ignored files
 * and nested repositories too. The index is built anew and every file read, because flags and file times in an old
 * index could hide a change. Throws where the tree is past that (unreadable directories): lay it again then.
 */
export async function resetTree(m: Mirror, tree: string, index: string, sha: string): Promise<void> {
  await removeIndex(index)
  const at = { gitDir: m.dir, workTree: tree, index }
  await git({ action: 'reading the index of a workspace', args: ['read-tree', objectId(sha)], at })
  await git({
    action: 'comparing a workspace with its commit',
    args: ['update-index', '-q', '--refresh'],
    at,
    timeoutMs: TREE_TIMEOUT_MS,
    answers: [0, 1],
  })
  await moveTree(at, sha)
  await clean(at)
  await removeNestedRepositories(m, tree, sha)
}

/** With the lock that a killed git left: who works on a workspace holds its task's lease, so no other git is there. */
async function removeIndex(index: string): Promise<void> {
  await rm(index, { force: true })
  await rm(`${index}.lock`, { force: true })
}

async function clean(at: GitPlace): Promise<void> {
  const call: GitCall = {
    action: 'cleaning a workspace',
    args: ['clean', '-ffdx', '--quiet'],
    at,
    timeoutMs: TREE_TIMEOUT_MS,
  }
  await git(call)
}

/** `git clean` leaves a `.git` that stands in a directory with tracked files, or in a submodule's place. */
async function removeNestedRepositories(m: Mirror, tree: string, sha: string): Promise<void> {
  const { stdout } = await git({
    action: 'listing directories of a commit',
    args: ['ls-tree', '-r', '-t', '-z', '--full-tree', objectId(sha)],
    at: { gitDir: m.dir },
  })
  const root = await realpath(tree)
  for (const entry of stdout.toString('utf8').split('\0')) {
    const directory = /^(?:040000 tree|160000 commit) [0-9a-f]+\t(.*)$/s.exec(entry)?.[1]
    if (directory === undefined) continue
    const path = join(root, directory)
    if ((await lstat(join(path, '.git')).catch(() => null)) === null) continue
    // Only below real directories of this tree: a link must not lead the removal outside.
    if ((await realpath(path)) === path) await removeTree(join(path, '.git'))
  }
}
