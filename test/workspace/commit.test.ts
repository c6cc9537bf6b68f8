import { chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitAll } from '../../src/workspace/commit.ts'
import { diffBetween } from '../../src/workspace/diff.ts'
import type { Worktree } from '../../src/workspace/worktree.ts'
import { BOT, MESSAGE, makeWorld, treeOf, userGit, type World, write } from './support.ts'

let world: World
let w: Worktree
beforeEach(async () => {
  world = await makeWorld({
    'README.md': '# hello\n',
    'src/a.js': 'let a = 1\n',
    '.gitignore': 'ignored\n',
    'run.sh': 'x\n',
  })
  w = await world.task()
})
afterEach(() => world.close())

describe('committing', () => {
  it('takes every change with every kind of name, and leaves ignored files', async () => {
    const names = [
      'caf\u{e9} \u{1f600}.txt',
      'new\nline',
      'tab\there',
      ' space ',
      '-dash',
      '"quote"',
      ':(top)x',
      'a'.repeat(200),
    ]
    await write(w.path, {
      ...Object.fromEntries(names.map((name) => [name, name])),
      ignored: 'x',
      'bin.dat': Buffer.from([0, 1, 255]),
    })
    await rm(join(w.path, 'README.md'))
    await rename(join(w.path, 'src/a.js'), join(w.path, 'src/b.js'))
    await symlink('../run.sh', join(w.path, 'src/link'))
    const { sha, changed } = await commitAll(w, { message: 'Subject\n\nBody\n', author: BOT })
    expect(changed).toBe(true)
    expect(new Set(await treeOf(w.path, sha))).toEqual(
      new Set([...names, '.gitignore', 'bin.dat', 'run.sh', 'src/b.js', 'src/link']),
    )
    expect(await userGit(w.path, 'show', '-s', '--format=%an <%ae> %cn <%ce>%n%B', sha)).toBe(
      `${BOT.name} <${BOT.email}> ${BOT.name} <${BOT.email}>\nSubject\n\nBody`,
    )
    expect(await userGit(w.path, 'status', '--porcelain')).toBe('')
  })

  it('takes a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${w.path}/`), Buffer.from([0xff, 0xfe])]), 'x')
    const { sha } = await commitAll(w, MESSAGE)
    expect((await diffBetween(world.mirror, world.base, sha)).files).toMatchObject([{ status: 'added', added: 1 }])
  })

  it('says when there is nothing to commit', async () => {
    expect(await commitAll(w, MESSAGE)).toEqual({ sha: world.base, changed: false })
    await write(w.path, { ignored: 'x' })
    expect(await commitAll(w, MESSAGE)).toEqual({ sha: world.base, changed: false })
  })

  it('sees a change of the same size and time, and one that the index was told to ignore', async () => {
    await write(w.path, { 'src/a.js': 'let a = 2\n', 'run.sh': 'y\n' })
    await userGit(w.path, 'update-index', '--assume-unchanged', 'src/a.js')
    await userGit(w.path, 'update-index', '--skip-worktree', 'run.sh')
    const { sha } = await commitAll(w, MESSAGE)
    expect((await diffBetween(world.mirror, world.base, sha)).files.map((file) => file.path)).toEqual([
      'run.sh',
      'src/a.js',
    ])
  })
})

describe('refuses to commit', () => {
  const refused: [string, RegExp, () => Promise<unknown>][] = [
    ['an absolute link', /symbolic link/, () => symlink('/etc/passwd', join(w.path, 'evil'))],
    ['a link to a parent', /symbolic link/, () => symlink('../../..', join(w.path, 'src/evil'))],
    ['a link that goes up in the middle', /symbolic link/, () => symlink('src/../../x', join(w.path, 'evil'))],
    ['a link into .git', /symbolic link/, () => symlink('.GIT/config', join(w.path, 'evil'))],
    [
      'a file that became a link',
      /symbolic link/,
      async () => {
        await rm(join(w.path, 'README.md'))
        await symlink('/etc/passwd', join(w.path, 'README.md'))
      },
    ],
    [
      'a nested repository',
      /nested git repository: nested/,
      async () => {
        await userGit(w.path, 'init', '-q', 'nested')
        await userGit(join(w.path, 'nested'), 'commit', '-q', '--allow-empty', '-m', 'x')
      },
    ],
    ['a nested repository without a commit', /nested git repository/, () => userGit(w.path, 'init', '-q', 'deep/er')],
    [
      'a repository in a directory with tracked files',
      /nested git repository: src/,
      () => userGit(w.path, 'init', '-q', 'src'),
    ],
    [
      'a .git file in a directory',
      /nested git repository: src/,
      () => writeFile(join(w.path, 'src/.git'), `gitdir: ${world.clone}/.git`),
    ],
    [
      'a socket in place of a file',
      /pipe, socket or device: run\.sh/,
      async () => {
        await rm(join(w.path, 'run.sh'))
        await new Promise<void>((resolve) => {
          const server = createServer().listen(join(world.root, 's'), resolve)
          server.unref()
        })
        await rename(join(world.root, 's'), join(w.path, 'run.sh'))
      },
    ],
    [
      'a file too large for GitHub',
      /more than 100 MB/,
      async () => {
        await write(w.path, { huge: '' })
        await truncate(join(w.path, 'huge'), 100 * 1024 * 1024 + 1)
      },
    ],
  ]
  it.each(refused)('%s', async (_name, message, plant) => {
    await plant()
    await expect(commitAll(w, MESSAGE)).rejects.toMatchObject({
      failureClass: 'task',
      message: expect.stringMatching(message),
    })
    // The refusal leaves nothing behind that the next round would trip over.
    await world.task()
    expect(await commitAll(w, MESSAGE)).toMatchObject({ changed: false })
  })

  it('a link that goes out through a link of the base', async () => {
    const base = await linkedBase()
    w = await world.task('02TASK', base)
    expect(await commitAll(w, MESSAGE)).toMatchObject({ changed: false })
    await symlink('out/passwd', join(w.path, 'evil'))
    await expect(commitAll(w, MESSAGE)).rejects.toThrow(/symbolic link/)
  })

  async function linkedBase(): Promise<string> {
    await symlink('/etc', join(world.clone, 'out'))
    const base = await world.personPushes('main', { x: 'x' })
    const { fetchMirror } = await import('../../src/workspace/mirror.ts')
    await fetchMirror(world.mirror, world.remote)
    return base
  }
})

describe('the difference of two commits', () => {
  it('tells added, deleted, renamed, binary and mode changes with counts', async () => {
    await write(w.path, { 'n\new': 'x\ny\n', 'bin.dat': Buffer.alloc(5000, 0) })
    await rm(join(w.path, 'README.md'))
    await rename(join(w.path, 'src/a.js'), join(w.path, 'moved.js'))
    await chmod(join(w.path, 'run.sh'), 0o755)
    const { sha } = await commitAll(w, MESSAGE)
    const diff = await diffBetween(world.mirror, world.base, sha)
    const none = { added: 0, deleted: 0, binary: false, oldPath: null }
    expect(new Set(diff.files)).toEqual(
      new Set([
        { ...none, path: 'README.md', status: 'deleted', deleted: 1 },
        { ...none, path: 'bin.dat', status: 'added', binary: true },
        { ...none, path: 'moved.js', status: 'renamed', oldPath: 'src/a.js' },
        { ...none, path: 'n\new', status: 'added', added: 2 },
        { ...none, path: 'run.sh', status: 'mode' },
      ]),
    )
    expect(diff).toMatchObject({ added: 2, deleted: 1, patchTruncated: false })
    expect(diff.patch).toContain('rename to moved.js')
    expect(diff.bytes).toBe(Buffer.byteLength(diff.patch) + 5000)
  })

  it('is not blinded by attributes of the repository', async () => {
    await write(w.path, { '.gitattributes': '* binary\n* -diff\n', 'src/a.js': 'secret\n' })
    const { sha } = await commitAll(w, MESSAGE)
    const diff = await diffBetween(world.mirror, world.base, sha)
    expect(diff.patch).toContain('+secret')
    expect(diff.files.every((file) => !file.binary)).toBe(true)
  })

  it('cuts a big patch at a line and still counts all of it', async () => {
    const line = `${'x'.repeat(98)}\u{e9}\n`
    await write(w.path, { 'big.txt': line.repeat(30_000) })
    const { sha } = await commitAll(w, MESSAGE)
    const diff = await diffBetween(world.mirror, world.base, sha)
    expect(diff.patchTruncated).toBe(true)
    expect(Buffer.byteLength(diff.patch)).toBeLessThanOrEqual(1_000_000)
    expect(Buffer.byteLength(diff.patch)).toBeGreaterThan(999_000)
    expect(diff.patch.endsWith(`+${line}`)).toBe(true)
    expect(diff.bytes).toBeGreaterThan(3_000_000)
    expect(diff.added).toBe(30_000)
  })

  it('is empty for a commit and itself', async () => {
    expect(await diffBetween(world.mirror, world.base, world.base)).toEqual({
      files: [],
      added: 0,
      deleted: 0,
      bytes: 0,
      patch: '',
      patchTruncated: false,
    })
  })
})

it('commits a directory that replaced a file, and the reverse', async () => {
  await rm(join(w.path, 'README.md'))
  await mkdir(join(w.path, 'README.md'))
  await write(w.path, { 'README.md/in.txt': 'in' })
  await rm(join(w.path, 'src'), { recursive: true })
  await write(w.path, { src: 'file' })
  const { sha } = await commitAll(w, MESSAGE)
  expect(await treeOf(w.path, sha)).toEqual(['.gitignore', 'README.md/in.txt', 'run.sh', 'src'])
  await world.task('01TASK')
  expect(await readFile(join(w.path, 'src'), 'utf8')).toBe('file')
})
