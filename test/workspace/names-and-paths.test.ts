import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containedPath } from '../../src/workspace/contain.ts'
import { branchName } from '../../src/workspace/names.ts'
import { safeBranch } from '../../src/workspace/refs.ts'

const ID = '01JD8XQ6ZK3T4V5W6X7Y8Z9ABC'

describe('a branch name', () => {
  it.each([
    ['Fix the login page!', 'supervise/12-fix-the-login-page-7y8z9abc'],
    ['', 'supervise/12-task-7y8z9abc'],
    ['\u{1f600}\u{1f600}', 'supervise/12-task-7y8z9abc'],
    ['Caf\u{e9} cr\u{e8}me', 'supervise/12-cafe-creme-7y8z9abc'],
    ['-x; touch /tmp/PWNED $(id) ../..', 'supervise/12-x-touch-tmp-pwned-id-7y8z9abc'],
    [`${'a'.repeat(39)} b c`, `supervise/12-${'a'.repeat(39)}-7y8z9abc`],
    ['x.lock', 'supervise/12-x-lock-7y8z9abc'],
  ])('of %j', (title, expected) => {
    expect(branchName(12, title, ID)).toBe(expected)
  })

  it('is one that git and we accept, whatever the title', () => {
    const names = new Set<string>()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.integer({ min: 1, max: 1e9 }), (title, issue) => {
        const name = branchName(issue, title, ID)
        expect(name).toMatch(/^supervise\/[a-z0-9-]{1,80}$/)
        expect(safeBranch(name)).toBe(name)
        names.add(name)
      }),
      { numRuns: 500 },
    )
    for (const name of [...names].slice(0, 10)) execFileSync('git', ['check-ref-format', `refs/heads/${name}`])
  })

  it.each([[0], [-1], [1.5], [Number.NaN]])('is not made for issue %s', (issue) => {
    expect(() => branchName(issue, 'x', ID)).toThrow(/naming a branch/)
  })
})

describe('a branch name of somebody else', () => {
  it.each(['feature/x', 'dependabot/npm_and_yarn/a-1.2.3', 'caf\u{e9}', '#12-fix', 'user@work', 'v1.x'])(
    'may be %s',
    (name) => {
      expect(safeBranch(name)).toBe(name)
      execFileSync('git', ['check-ref-format', `refs/heads/${name}`])
    },
  )

  it.each([
    '',
    '-x',
    '+main',
    'ext::sh -c touch% /tmp/PWNED',
    '$(id)',
    '`id`',
    'a;touch',
    'a|b',
    'a b',
    'a..b',
    'a//b',
    '/a',
    'a/',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'supervise/12.lock',
    'a.lock/b',
    'supervise/../main',
    '@',
    '@{-1}',
    'a@{1}',
    'HEAD',
    'refs/heads/x',
    '0123456789abcdef0123456789abcdef01234567',
    'supervise/12-\u{202e}fix',
    'x\u{200b}',
    'a\0b',
    'a\nb',
    'a:b',
    'a*',
    'a\\b',
    'x'.repeat(201),
  ])('is refused: %j', (name) => {
    expect(() => safeBranch(name)).toThrow(/branch name/)
  })
})

describe('a path in a tree', () => {
  let root: string
  let outside: string
  beforeEach(async () => {
    const top = await realpath(await mkdtemp(join(tmpdir(), 'contain-test-')))
    root = join(top, 'tree')
    outside = join(top, 'tree-evil')
    await mkdir(join(root, 'src'), { recursive: true })
    await mkdir(outside)
    await writeFile(join(root, 'src/a.js'), '')
    await symlink(outside, join(root, 'dir-link'))
    await symlink('/etc/passwd', join(root, 'file-link'))
    await symlink('nowhere', join(root, 'dangling'))
    await symlink('loop', join(root, 'loop'))
    await symlink('src', join(root, 'inner'))
  })
  afterEach(() => rm(join(root, '..'), { recursive: true, force: true }))

  it('is found, also where it does not exist yet or goes through a link inside', () => {
    expect(containedPath(root, 'src/a.js')).toBe(join(root, 'src/a.js'))
    expect(containedPath(root, 'new/dir/file')).toBe(join(root, 'new/dir/file'))
    expect(containedPath(root, 'inner/a.js')).toBe(join(root, 'src/a.js'))
    expect(containedPath(root, 'inner/new')).toBe(join(root, 'src/new'))
    expect(containedPath(root, '.gitignore')).toBe(join(root, '.gitignore'))
  })

  it.each([
    '',
    '.',
    '..',
    '../outside.txt',
    'src/../../x',
    '/etc/passwd',
    'src//a.js',
    'src/',
    'a\0b',
    'a\nb',
    'src\\a.js',
    '.git/hooks/post-checkout',
    '.GIT/config',
    'git~1/config',
    '.git./config',
    '.git /config',
    '.g\u{200c}it/config',
    '.git::$INDEX_ALLOCATION/config',
    'src/.git',
    'dir-link/x',
    'dir-link',
    'file-link',
    'dangling',
    'dangling/x',
    'loop',
    'a'.repeat(5000),
  ])('is refused: %j', (path) => {
    expect(() => containedPath(root, path)).toThrow(/not one inside the repository/)
  })
})
