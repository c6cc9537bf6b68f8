import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { branchHead, fetchMirror, type Mirror, openMirror } from '../../src/workspace/mirror.ts'
import { prepareWorktree, type Worktree } from '../../src/workspace/worktree.ts'

const run = promisify(execFile)

/** A person's git, outside of the program under test: an own identity, no configuration of this machine. */
export async function userGit(cwd: string, ...args: string[]): Promise<string> {
  const running = run('git', args, {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Person',
      GIT_AUTHOR_EMAIL: 'person@example.invalid',
      GIT_COMMITTER_NAME: 'Person',
      GIT_COMMITTER_EMAIL: 'person@example.invalid',
    },
  })
  // What git starts (a hook, a filter) must not wait for our input.
  running.child.stdin?.end()
  return (await running).stdout.trimEnd()
}

export type Files = Readonly<Record<string, string | Buffer>>

export async function write(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

export interface World {
  /** Real path; removed by `close`. */
  readonly root: string
  /** What GitHub holds: a bare repository, and a person's clone of it. */
  readonly remote: { url: string; token: null }
  readonly bare: string
  readonly clone: string
  readonly mirror: Mirror
  readonly base: string
  task(taskId?: string, startSha?: string): Promise<Worktree>
  /** Commits and pushes files as a person. @returns the commit */
  personPushes(branch: string, files: Files): Promise<string>
  close(): Promise<void>
}

export async function makeWorld(
  files: Files = { 'README.md': '# hello\n', 'src/a.js': 'let a = 1\n' },
): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'workspace-test-')))
  const bare = join(root, 'remote.git')
  const clone = join(root, 'person')
  const remote = { url: `file://${bare}`, token: null }
  await userGit(root, 'init', '-q', '--bare', '-b', 'main', bare)
  await userGit(root, 'init', '-q', '-b', 'main', clone)
  await write(clone, files)
  await userGit(clone, 'add', '-A', '-f')
  await userGit(clone, 'commit', '-q', '-m', 'first')
  await userGit(clone, 'remote', 'add', 'origin', bare)
  await userGit(clone, 'push', '-q', 'origin', 'main')
  const mirror = await openMirror(join(root, 'work'), 7)
  await fetchMirror(mirror, remote)
  const base = (await branchHead(mirror, 'main')) ?? ''
  return {
    root,
    remote,
    bare,
    clone,
    mirror,
    base,
    task: (taskId = '01TASK', startSha = base) =>
      prepareWorktree(mirror, { root: join(root, 'work'), taskId, branch: branchOf(taskId), startSha }),
    personPushes: async (branch, changed) => {
      await userGit(clone, 'fetch', '-q', 'origin')
      const known = await userGit(clone, 'ls-remote', 'origin', `refs/heads/${branch}`)
      await userGit(clone, 'checkout', '-q', '--detach', known === '' ? 'HEAD' : `origin/${branch}`)
      await write(clone, changed)
      await userGit(clone, 'add', '-A', '-f')
      await userGit(clone, 'commit', '-q', '-m', 'person')
      await userGit(clone, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`)
      return userGit(clone, 'rev-parse', 'HEAD')
    },
    close: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  }
}

export const branchOf = (taskId: string): string => `supervise/1-work-${taskId.toLowerCase()}`

export const BOT = { name: 'sup[bot]', email: '1+sup[bot]@users.noreply.github.com' }
export const MESSAGE = { message: 'Do the work', author: BOT }

/** Every file of a commit with its content, as a person's git reads it. */
export async function treeOf(dir: string, sha: string): Promise<string[]> {
  const listed = await userGit(dir, 'ls-tree', '-r', '-z', '--name-only', sha)
  return listed.split('\0').filter((name) => name !== '')
}
