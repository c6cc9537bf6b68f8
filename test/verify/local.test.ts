import { execFile, execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let root: string
let dir: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-test-'))
  dir = join(root, 'repository')
  await mkdir(dir)
  git('init', '-q', '-b', 'main')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    stdio: 'pipe',
  }).toString()

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
}

async function commit(files: Record<string, string>): Promise<void> {
  await write(files)
  git('add', '-A')
  git('commit', '-q', '-m', 'a commit')
}

/** The program as people start it, with an empty environment: no database, no credentials, no configuration. */
function supervisor(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  const env = { PATH: process.env['PATH'] ?? '', TMPDIR: join(root, 'tmp'), HOME: root }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, 'verify', '--repo', dir, ...args],
      { cwd: root, env },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      },
    )
  })
}

const PACKAGE = {
  'package.json': '{"name":"a","type":"module","scripts":{"test":"node --test"}}',
  '.gitignore': 'node_modules\n',
}
const test = (...expected: number[]) => ({
  'test/a.test.js': `import assert from 'node:assert'\nimport { test } from 'node:test'\nimport { twice } from '../src/a.js'\n${expected
    .map((value, index) => `test('twice ${index + 1}', () => assert.equal(twice(${index + 1}), ${value}))`)
    .join('\n')}\n`,
})

describe('supervisor verify', () => {
  it('a fix ends with 0, a table for people, and the tests that prove it; nothing is left behind', async () => {
    await mkdir(join(root, 'tmp'))
    await commit({ ...PACKAGE, 'src/a.js': 'export const twice = (n) => n + 1\n', ...test(2) })
    await commit({ 'src/a.js': 'export const twice = (n) => n * 2\n', ...test(2, 4) })
    const { code, stdout } = await supervisor('--base', 'HEAD~1', '--head', 'main', '--type', 'bug_fix')
    expect(stdout).toContain('✔ Verified')
    expect(stdout).toContain('fail → pass: twice 2')
    expect(stdout).toMatch(/✔ Tests +2 passed, 0 failed/)
    expect(stdout).toContain('npm test (detected on the base)')
    expect(stdout).toMatch(/Sandbox: (?:bubblewrap|none)/)
    expect(code).toBe(0)
    expect(await readdir(join(root, 'tmp'))).toEqual([])
    expect(git('status', '--porcelain')).toBe('')
  })

  it('a regression ends with 1, and JSON tells what a program needs', async () => {
    await mkdir(join(root, 'tmp'))
    await commit({ ...PACKAGE, 'src/a.js': 'export const twice = (n) => n * 2\n', ...test(2, 4) })
    await commit({ 'src/a.js': 'export const twice = (n) => n + 1\n', ...test(2) })
    const { code, stdout } = await supervisor('--base', 'HEAD~1', '--head', 'HEAD', '--json')
    const report = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(report).toMatchObject({ verdict: 'fail', reason: 'base_tests_fail', head: git('rev-parse', 'HEAD').trim() })
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: 'test_deleted', file: 'test/a.test.js', what: 'twice 2' }),
    )
    expect(report.tests).toContainEqual(
      expect.objectContaining({ tests: 'base', level: 'case', passToFail: ['twice 2'] }),
    )
    expect(report.evidence.map((one: { criterion: string }) => one.criterion)).toContain(
      'The base’s own tests pass on the change',
    )
  })

  it('what cannot be looked at ends with 2 and says why', async () => {
    await mkdir(join(root, 'tmp'))
    await commit({ 'a.txt': 'a' })
    await commit({ 'a.txt': 'b' })
    const nothing = await supervisor('--base', 'HEAD~1', '--head', 'HEAD')
    expect(nothing).toMatchObject({ code: 2, stdout: expect.stringContaining('--command') })
    const unknown = await supervisor('--base', 'nowhere', '--head', 'HEAD', '--json')
    expect(unknown.code).toBe(2)
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      verdict: 'inconclusive',
      error: expect.stringContaining('nowhere'),
    })
    expect(
      await supervisor('--base', 'HEAD~1', '--head', 'HEAD', '--command', 'test -s a.txt', '--sandbox', 'off'),
    ).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Sandbox: off'),
    })
  })

  it('packages of the working tree are read, a workspace among them is that of the commit', async () => {
    await mkdir(join(root, 'tmp'))
    const script =
      "import assert from 'node:assert'\nimport runner from '@s/runner'\nimport { value } from 'ours'\nrunner(() => assert.equal(value, 2))\n"
    await commit({
      ...PACKAGE,
      'package.json':
        '{"name":"a","type":"module","scripts":{"test":"node test.js"},"dependencies":{"@s/runner":"1","ours":"1"}}',
      'packages/ours/package.json': '{"name":"ours","type":"module","exports":"./index.js"}',
      'packages/ours/index.js': 'export const value = 1\n',
      'test.js': script,
    })
    await commit({ 'packages/ours/index.js': 'export const value = 2\n' })
    await write({
      'node_modules/@s/runner/package.json': '{"name":"@s/runner","type":"module","exports":"./index.js"}',
      'node_modules/@s/runner/index.js':
        'export default (body) => { body(); console.log("TAP version 13\\n# a\\nok 1\\n1..1") }\n',
      // Not what either commit has: it must not be what is tested.
      'packages/ours/index.js': 'export const value = 3\n',
    })
    await symlink('../packages/ours', join(dir, 'node_modules', 'ours'))
    const { code, stdout } = await supervisor('--base', 'HEAD~1', '--head', 'HEAD', '--type', 'bug_fix')
    expect(stdout).toContain('as installed in node_modules of the working tree')
    expect(code).toBe(0)
  })
})
