import { execFileSync } from 'node:child_process'
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshCheckout } from '../../src/workspace/checkout.ts'
import { mirrorOfLocal } from '../../src/workspace/local-repository.ts'
import { mixCommits } from '../../src/workspace/mix-commits.ts'

let root: string
let repository: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mix-test-'))
  repository = join(root, 'repository')
  await mkdir(repository)
  git('init', '-q', '-b', 'main')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {
    cwd: repository,
    env: { PATH: process.env['PATH'] ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    stdio: 'pipe',
  }).toString()

async function commit(files: Record<string, string | null>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await rm(join(repository, path), { recursive: true, force: true })
    if (text === null) continue
    await mkdir(dirname(join(repository, path)), { recursive: true })
    await writeFile(join(repository, path), text)
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'a commit')
}

const read = (path: string) => readFile(join(root, 'tree', path), 'utf8').catch(() => null)
const isTest = (path: string) => path.startsWith('test/')

async function mixed(commitOf: 0 | 1, texts?: Map<string, string>): Promise<void> {
  const { mirror, commits } = await mirrorOfLocal(repository, ['HEAD~1', 'HEAD'], join(root, 'mirror.git'))
  const [commit = '', other = ''] = commitOf === 0 ? commits : commits.toReversed()
  const sha = await mixCommits(mirror, { commit, other, isTaken: isTest, ...(texts === undefined ? {} : { texts }) })
  await freshCheckout(mirror, sha, join(root, 'tree'))
}

describe('a local repository and its commits mixed', () => {
  it('takes the tests of one commit and the code of the other: changed, new and gone ones', async () => {
    await commit({ 'src/a.js': 'old', 'test/a.js': 'old', 'test/gone.js': 'old', 'test/bü ".js': 'old' })
    await commit({ 'src/a.js': 'new', 'src/b.js': 'new', 'test/a.js': 'new', 'test/gone.js': null, 'test/c.js': 'new' })
    await mixed(0)
    expect(
      await Promise.all(['src/a.js', 'src/b.js', 'test/a.js', 'test/gone.js', 'test/c.js', 'test/bü ".js'].map(read)),
    ).toEqual(['old', null, 'new', null, 'new', 'old'])
    await mixed(1)
    expect(await Promise.all(['src/a.js', 'src/b.js', 'test/a.js', 'test/gone.js', 'test/c.js'].map(read))).toEqual([
      'new',
      'new',
      'old',
      'old',
      null,
    ])
  })

  it('puts in texts of its own, and a file in the place of a directory', async () => {
    await commit({ 'package.json': '{"a":1}', 'test/x': 'file', 'src/a.js': 'old' })
    await commit({ 'package.json': '{"a":2}', 'test/x': null })
    await commit({ 'test/x/y.js': 'deep' })
    await mixed(
      1,
      new Map([
        ['package.json', '{"a":3}'],
        ['missing.json', '{}'],
      ]),
    )
    expect(await Promise.all(['package.json', 'missing.json', 'src/a.js'].map(read))).toEqual(['{"a":3}', null, 'old'])
  })

  it('never writes through a link of the repository', async () => {
    await mkdir(join(root, 'outside'))
    await commit({ 'test/a.js': 'old', 'src/a.js': 'old' })
    await rm(join(repository, 'test'), { recursive: true })
    await symlink(join(root, 'outside'), join(repository, 'test'))
    git('add', '-A')
    git('commit', '-q', '-m', 'a link')
    await mixed(1)
    expect(await readFile(join(root, 'outside', 'a.js'), 'utf8').catch(() => 'nothing')).toBe('nothing')
  })

  it('reads a linked worktree, a subdirectory and a bare repository, and writes in none of them', async () => {
    await commit({ 'src/deep/a.js': 'old' })
    await commit({ 'src/deep/a.js': 'new' })
    git('worktree', 'add', '-q', join(root, 'linked'), 'HEAD')
    git('clone', '-q', '--bare', repository, join(root, 'bare.git'))
    for (const [index, dir] of [join(repository, 'src/deep'), join(root, 'linked'), join(root, 'bare.git')].entries()) {
      const { commits } = await mirrorOfLocal(dir, ['HEAD~1', 'main'], join(root, `mirror-${index}.git`))
      expect(commits).toEqual([git('rev-parse', 'HEAD~1').trim(), git('rev-parse', 'main').trim()])
    }
    expect(git('status', '--porcelain', '--ignored')).toBe('')
    expect((await lstat(repository)).isDirectory()).toBe(true)
  })

  it('says what is wrong', async () => {
    await commit({ a: '1' })
    const into = join(root, 'mirror.git')
    await expect(mirrorOfLocal(repository, ['no-such-branch'], into)).rejects.toThrow('no commit "no-such-branch"')
    await expect(mirrorOfLocal(repository, ['--help'], into)).rejects.toThrow('no commit "--help"')
    await expect(mirrorOfLocal(join(root, 'nowhere'), ['HEAD'], into)).rejects.toThrow('no directory')
    await expect(mirrorOfLocal(root, ['HEAD'], into)).rejects.toThrow('not in a git repository')
  })
})
