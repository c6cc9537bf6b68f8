import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitAll } from '../../src/workspace/commit.ts'
import { pushBranch } from '../../src/workspace/push.ts'
import { remoteHead } from '../../src/workspace/remote.ts'
import type { Worktree } from '../../src/workspace/worktree.ts'
import { MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

let world: World
let w: Worktree
let sha: string
beforeEach(async () => {
  world = await makeWorld()
  w = await world.task()
  await write(w.path, { 'src/a.js': 'let a = 2\n' })
  sha = (await commitAll(w, MESSAGE)).sha
})
afterEach(() => world.close())

const push = (expected: string | null, commit = sha) =>
  pushBranch(world.mirror, world.remote, { branch: w.branch, sha: commit, expected })

describe('pushing', () => {
  it('makes the branch, moves it on, and may be repeated', async () => {
    expect(await push(null)).toEqual({ ok: true })
    expect(await push(null)).toEqual({ ok: true })
    expect(await remoteHead(world.remote, w.branch)).toBe(sha)
    await write(w.path, { 'src/a.js': 'let a = 3\n' })
    const next = (await commitAll(w, MESSAGE)).sha
    expect(await push(sha, next)).toEqual({ ok: true })
    expect(await push(sha, next)).toEqual({ ok: true })
    expect(await remoteHead(world.remote, w.branch)).toBe(next)
    expect(await userGit(world.bare, 'for-each-ref', '--format=%(refname)')).toBe(
      `refs/heads/main\nrefs/heads/${w.branch}`,
    )
  })

  it('never removes a commit that somebody else pushed', async () => {
    await push(null)
    const theirs = await world.personPushes(w.branch, { 'theirs.txt': 'x' })
    await write(w.path, { 'src/a.js': 'let a = 3\n' })
    const next = (await commitAll(w, MESSAGE)).sha
    expect(await push(sha, next)).toMatchObject({ ok: false, reason: 'moved' })
    // Even where the caller claims to know that commit: ours does not build on it.
    expect(await push(theirs, next)).toMatchObject({ ok: false, reason: 'moved' })
    expect(await remoteHead(world.remote, w.branch)).toBe(theirs)
  })

  it('does not take over a branch that was not to exist, nor bring back one that was deleted', async () => {
    const theirs = await world.personPushes(w.branch, { 'theirs.txt': 'x' })
    expect(await push(null)).toMatchObject({ ok: false, reason: 'moved' })
    expect(await remoteHead(world.remote, w.branch)).toBe(theirs)
    await userGit(world.clone, 'push', '-q', 'origin', `:refs/heads/${w.branch}`)
    expect(await push(world.base)).toMatchObject({ ok: false, reason: 'moved' })
    expect(await remoteHead(world.remote, w.branch)).toBeNull()
  })

  it.each([
    [
      'workflows',
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
      'update',
    ],
    ['refused', 'protected branch hook declined', 'update'],
    ['refused', 'GH013: Repository rule violations found', 'pre-receive'],
  ] as const)('tells %s from "%s"', async (reason, words, hook) => {
    // A hook's own line is not what git puts in brackets; GitHub's server puts its words there, this script says them.
    const path = join(world.bare, 'hooks', hook)
    await writeFile(path, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`)
    await chmod(path, 0o755)
    const result = await push(null)
    expect(result).toMatchObject({ ok: false, reason })
    if (!result.ok) expect(result.detail).toContain(words)
  })

  it('throws what is no answer of the repository', async () => {
    const gone = { url: `file://${world.root}/gone.git`, token: null }
    await expect(pushBranch(world.mirror, gone, { branch: w.branch, sha, expected: null })).rejects.toMatchObject({
      failureClass: 'configuration',
      reasonCode: 'repository_gone',
    })
  })
})
