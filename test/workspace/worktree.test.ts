import { execFileSync } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitAll, headOf } from '../../src/workspace/commit.ts'
import { fetchMirror, openMirror } from '../../src/workspace/mirror.ts'
import { adoptCommit, agentReadOnlyPaths, prepareWorktree, removeWorktree } from '../../src/workspace/worktree.ts'
import { branchOf, MESSAGE, makeWorld, userGit, type World, write } from './support.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ 'README.md': '# hello\n', 'src/a.js': 'let a = 1\n', '.gitignore': 'ignored\n' })
})
afterEach(() => world.close())

/** What a person's git in the tree says; empty = clean. */
const status = (path: string) => userGit(path, 'status', '--porcelain', '--ignored')

describe('preparing', () => {
  it('gives the agent a working tree on the branch of its task', async () => {
    const w = await world.task()
    expect(w).toMatchObject({ name: '01task', path: join(world.root, 'work', 'trees', '01task') })
    expect(await status(w.path)).toBe('')
    expect(await userGit(w.path, 'branch', '--show-current')).toBe(branchOf('01TASK'))
    expect(await userGit(w.path, 'rev-parse', 'HEAD')).toBe(world.base)
  })

  it('goes back to the last commit, and cleans everything else away', async () => {
    const w = await world.task()
    await write(w.path, { 'src/b.js': 'b' })
    const { sha } = await commitAll(w, MESSAGE)
    await write(w.path, { 'src/a.js': 'broken', untracked: 'x', ignored: 'x', 'deep/er/x': 'x' })
    await userGit(w.path, 'init', '-q', 'nested')
    await userGit(w.path, 'init', '-q', 'src')
    await rm(join(w.path, 'README.md'))
    await chmod(join(w.path, 'src/b.js'), 0o755)
    const again = await world.task()
    expect(await headOf(again)).toBe(sha)
    expect(await status(w.path)).toBe('')
    expect(await readdir(join(w.path, 'src'))).toEqual(['a.js', 'b.js'])
    expect((await readdir(w.path)).sort()).toEqual(['.git', '.gitignore', 'README.md', 'src'])
  })

  it('sees a change behind an index that says there is none', async () => {
    const w = await world.task()
    await write(w.path, { 'src/a.js': 'hidden' })
    await userGit(w.path, 'update-index', '--assume-unchanged', 'src/a.js')
    await userGit(w.path, 'update-index', '--skip-worktree', 'README.md')
    await write(w.path, { 'README.md': 'hidden' })
    await world.task()
    expect(await readFile(join(w.path, 'src/a.js'), 'utf8')).toBe('let a = 1\n')
    expect(await readFile(join(w.path, 'README.md'), 'utf8')).toBe('# hello\n')
  })

  it.each<[string, (world: World, path: string) => Promise<void>]>([
    ['an empty directory', (_, path) => rm(path, { recursive: true }).then(() => mkdir(path))],
    ['no .git file', (_, path) => unlink(join(path, '.git'))],
    ['a .git directory', (_, path) => unlink(join(path, '.git')).then(() => mkdir(join(path, '.git')))],
    ['a file in its place', (_, path) => rm(path, { recursive: true }).then(() => writeFile(path, 'x'))],
    ['a tree that cannot be read', (_, path) => chmod(join(path, 'src'), 0o000)],
    [
      'a directory that became a link',
      (w, path) => rm(join(path, 'src'), { recursive: true }).then(() => symlink(w.clone, join(path, 'src'))),
    ],
    ['no admin directory', (w) => rm(join(w.mirror.dir, 'worktrees'), { recursive: true })],
    ['an empty index', (w) => writeFile(join(w.mirror.dir, 'worktrees/01task/index'), '')],
    ['an index lock that was left', (w) => writeFile(join(w.mirror.dir, 'worktrees/01task/index.lock'), '')],
    [
      'no branch',
      (w) =>
        userGit(w.mirror.dir, '--git-dir=.', 'update-ref', '-d', `refs/heads/${branchOf('01TASK')}`).then(
          () => undefined,
        ),
    ],
    ['half a mirror', (w) => rm(join(w.mirror.dir, 'config')).then(() => unlink(join(w.mirror.dir, 'HEAD')))],
  ])('mends %s', async (_name, damage) => {
    const w = await world.task()
    await damage(world, w.path)
    await world.task()
    expect(await status(w.path)).toBe('')
    expect(await readFile(join(w.path, 'src/a.js'), 'utf8')).toBe('let a = 1\n')
    expect(await userGit(w.path, 'branch', '--show-current')).toBe(branchOf('01TASK'))
    expect(await readFile(join(world.clone, 'src/a.js'), 'utf8')).toBe('let a = 1\n')
  })

  it('replaces a linked task directory and leaves what it points to alone', async () => {
    const outside = join(world.root, 'outside')
    await write(outside, { 'keep.txt': 'keep' })
    await mkdir(join(world.root, 'work', 'trees'), { recursive: true })
    await symlink(outside, join(world.root, 'work', 'trees', '01task'))
    const w = await world.task()
    expect((await lstat(w.path)).isDirectory()).toBe(true)
    expect(await readdir(outside)).toEqual(['keep.txt'])
  })

  it('is not stopped by a ref lock that a killed git left', async () => {
    const lock = join(world.mirror.dir, 'refs/supervise/01task.lock')
    await write(world.mirror.dir, { 'refs/supervise/01task.lock': '' })
    const old = new Date(Date.now() - 300_000)
    await utimes(lock, old, old)
    await world.task()
    await expect(lstat(lock)).rejects.toThrow('ENOENT')
  })

  it('follows a person who pushed on top, but not back in time', async () => {
    const w = await world.task()
    await write(w.path, { 'src/b.js': 'b' })
    const { sha } = await commitAll(w, MESSAGE)
    expect(await headOf(await world.task('01TASK', world.base))).toBe(sha)
    await userGit(world.mirror.dir, '--git-dir=.', 'push', '-q', world.bare, `${sha}:refs/heads/theirs`)
    const ahead = await world.personPushes('theirs', { 'c.js': 'c' })
    await fetchMirror(world.mirror, world.remote)
    expect(await headOf(await world.task('01TASK', ahead))).toBe(ahead)
    expect(await readFile(join(w.path, 'c.js'), 'utf8')).toBe('c')
  })

  it('follows a person who put the branch elsewhere, also back in time, when told so', async () => {
    const w = await world.task()
    await write(w.path, { 'src/b.js': 'b' })
    const { sha } = await commitAll(w, MESSAGE)
    await userGit(world.mirror.dir, '--git-dir=.', 'push', '-q', world.bare, `${world.base}:refs/heads/elsewhere`)
    const beside = await world.personPushes('elsewhere', { 'c.js': 'c' })
    await fetchMirror(world.mirror, world.remote)
    expect(await headOf(await world.task('01TASK', beside))).toBe(beside)
    await adoptCommit(world.mirror, { taskId: '01TASK', branch: branchOf('01TASK'), sha })
    expect(await headOf(await world.task('01TASK', sha))).toBe(sha)
    await adoptCommit(world.mirror, { taskId: '01TASK', branch: branchOf('01TASK'), sha: world.base })
    expect(await headOf(await world.task('01TASK', world.base))).toBe(world.base)
  })

  it('says that the commit must be fetched where it is not there', async () => {
    await expect(world.task('01TASK', '0'.repeat(39).concat('1'))).rejects.toThrow(/not in the mirror: fetch first/)
  })

  it('refuses a branch name that is none of ours', async () => {
    const options = {
      root: join(world.root, 'work'),
      taskId: 'T',
      branch: 'ext::sh -c touch% /tmp/PWNED',
      startSha: world.base,
    }
    await expect(prepareWorktree(world.mirror, options)).rejects.toThrow(/branch name/)
  })

  it('refuses a task id that is a path', async () => {
    await expect(world.task('../../x')).rejects.toThrow(/task id/)
  })
})

describe('many tasks on one mirror', () => {
  it('prepares, commits and removes them at the same time without a collision', async () => {
    const ids = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6']
    const results = await Promise.all(
      ids.map(async (id, n) => {
        const mirror = await openMirror(join(world.root, 'work'), 7)
        if (n % 2 === 0) await fetchMirror(mirror, world.remote)
        const w = await world.task(id)
        await write(w.path, { 'src/a.js': id, [`${id}.txt`]: id })
        const { sha } = await commitAll(w, MESSAGE)
        return { w, sha }
      }),
    )
    for (const [n, { w, sha }] of results.entries()) {
      expect(await headOf(w)).toBe(sha)
      expect(await userGit(w.path, 'show', 'HEAD:src/a.js')).toBe(ids[n])
      expect(await userGit(w.path, 'diff', '--name-only', world.base, 'HEAD')).toBe(`${ids[n]}.txt\nsrc/a.js`)
    }
    await Promise.all(results.map(({ w }) => removeWorktree(w, { keepBranch: false })))
    expect(await readdir(join(world.root, 'work', 'trees'))).toEqual([])
    expect(await readdir(join(world.mirror.dir, 'worktrees'))).toEqual([])
    expect(await userGit(world.mirror.dir, '--git-dir=.', 'for-each-ref', 'refs/heads', 'refs/supervise')).toBe('')
  })
})

describe('removing', () => {
  it('keeps the commits when told to, so that the task can come back', async () => {
    const w = await world.task()
    await write(w.path, { 'src/b.js': 'b' })
    const { sha } = await commitAll(w, MESSAGE)
    await removeWorktree(w, { keepBranch: true })
    await removeWorktree(w, { keepBranch: true })
    expect(await headOf(await world.task())).toBe(sha)
  })

  it('removes a tree nested deeper than a path can be long', async () => {
    const w = await world.task()
    const name = 'n'.repeat(200)
    const script = `for (let i = 0; i < 40; i++) { fs.mkdirSync('${name}'); process.chdir('${name}') }`
    execFileSync(process.execPath, ['-e', script], { cwd: w.path })
    await removeWorktree(w, { keepBranch: false })
    await expect(lstat(w.path)).rejects.toThrow('ENOENT')
  })

  it('touches nothing that is not a task directory', async () => {
    const w = await world.task()
    await expect(removeWorktree({ ...w, path: world.clone }, { keepBranch: true })).rejects.toThrow(/not the path/)
    expect(await readdir(world.clone)).toContain('README.md')
  })
})

it('names what a sandbox holds read-only, whether it is there or not, but no links', async () => {
  const w = await world.task()
  await write(w.path, { '.claude/settings.json': '{}', '.mcp.json': '{}' })
  await symlink(world.clone, join(w.path, '.vscode'))
  const named = await agentReadOnlyPaths(w)
  expect(named.slice(0, 2)).toEqual([join(w.path, '.git'), world.mirror.dir])
  for (const name of ['.claude', '.mcp.json', '.codex', '.husky', '.gitmodules', 'opencode.json'])
    expect(named).toContain(join(w.path, name))
  expect(named).not.toContain(join(w.path, '.vscode'))
  // There is no `.github`, and the agent may make one.
  expect(named.filter((path) => path.includes('.github'))).toEqual([])
  await write(w.path, { '.github/README.md': 'x' })
  expect(await agentReadOnlyPaths(w)).toContain(join(w.path, '.github/hooks'))
})
