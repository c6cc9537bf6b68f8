import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatingError } from '../task/errors.ts'
import { adminDir, indexFile, linkWorktree } from './admin.ts'
import { git } from './git.ts'
import { fileFailure } from './git-failure.ts'
import type { Worktree } from './handles.ts'
import { inspectStaged, inspectTree } from './inspect.ts'
import { resolveCommits, writeRefs } from './refs.ts'
import { sealMirror } from './seal.ts'
import { keptRef, ownRef } from './worktree.ts'

/**
 * Commits the whole tree, respecting `.gitignore`, on top of the task's last commit. What was kept of it before is over.
 *
 * The tree is hostile: mirror and worktree are sealed first, the index is built from nothing so that no flag or file
 * time in an old one hides a change, no hook, filter or signing program is configured, and what may not be in a commit
 * (inspect.ts) is refused with OperatingError, class task. An agent's own commits and index are not looked at: only
 * its files count.
 * @returns the new commit, or the last one with `changed: false` where the tree is equal to it
 */
export async function commitAll(w: Worktree, options: CommitOptions): Promise<{ sha: string; changed: boolean }> {
  return harvest(w, options, `committing the work of task ${w.name}`, (sha) => [
    [ownRef(w), sha],
    [`refs/heads/${w.branch}`, sha],
    [keptRef(w), null],
  ])
}

/**
 * Keeps a tree as it is, half done: a commit beside the task's history, from whose files `prepareWorktree` goes on for
 * so long as the task's last commit stays the same. It is no part of the branch and never becomes one. Safe to repeat.
 * @returns null where the tree is equal to the last commit: there is nothing to keep
 */
export async function keepTree(w: Worktree, options: CommitOptions): Promise<string | null> {
  const { sha, changed } = await harvest(w, options, `keeping the work of task ${w.name}`, (made, isNew) => [
    [keptRef(w), isNew ? made : null],
  ])
  return changed ? sha : null
}

interface CommitOptions {
  readonly message: string
  readonly author: { readonly name: string; readonly email: string }
}

type Refs = readonly (readonly [ref: string, sha: string | null])[]

/** Makes a commit of the files, on top of the task's last one, and sets refs to it; where nothing changed, to that one. */
async function harvest(
  w: Worktree,
  options: CommitOptions,
  action: string,
  refsOf: (sha: string, isNew: boolean) => Refs,
): Promise<{ sha: string; changed: boolean }> {
  const gitDir = w.mirror.dir
  const index = join(adminDir(w), `index.${randomUUID()}`)
  const at = { gitDir, workTree: w.path, index }
  try {
    await sealMirror(gitDir)
    await linkWorktree(w)
    const head = await headOf(w)
    await git({ action, args: ['read-tree', head], at })
    await inspectTree(w.path, head, at)
    await git({ action, args: ['add', '--all'], at, timeoutMs: ADD_TIMEOUT_MS })
    await inspectStaged(w.path, head, at)
    const tree = await firstLine(git({ action, args: ['write-tree'], at }))
    const before = await firstLine(git({ action, args: ['rev-parse', '--verify', `${head}^{tree}`], at: { gitDir } }))
    const changed = tree !== before
    const sha = changed ? await commitOf(tree, head, options, action, gitDir) : head
    await writeRefs(w.mirror, refsOf(sha, changed))
    await rename(index, indexFile(w))
    return { sha, changed }
  } catch (error) {
    throw fileFailure(action, error)
  } finally {
    await rm(index, { force: true })
  }
}

async function commitOf(
  tree: string,
  parent: string,
  { message, author }: CommitOptions,
  action: string,
  gitDir: string,
): Promise<string> {
  const args = ['commit-tree', tree, '-p', parent, '-F', '-'] as const
  const input = `${message.replaceAll('\0', '').trimEnd()}\n`
  return firstLine(git({ action, args, at: { gitDir }, env: identity(author), input }))
}

/** The task's last commit: the one that `commitAll` made, or the one that it started from. */
export async function headOf(w: Worktree): Promise<string> {
  const [sha] = await resolveCommits(w.mirror, [ownRef(w)])
  if (typeof sha === 'string') return sha
  throw new OperatingError(
    'transient',
    'git_failed',
    `task ${w.name} has no commit in this mirror: prepare its workspace`,
  )
}

const ADD_TIMEOUT_MS = 600_000

function identity(author: { name: string; email: string }): Record<string, string> {
  const name = author.name.replaceAll(/\p{C}/gu, '')
  const email = author.email.replaceAll(/\p{C}/gu, '')
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
}

async function firstLine(run: ReturnType<typeof git>): Promise<string> {
  return (await run).stdout.toString('utf8').split('\n')[0] ?? ''
}
