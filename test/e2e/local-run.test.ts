import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { probeSandbox } from '../../src/process/sandbox.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { COMPILED } from '../support/program.ts'

/** `supervisor run` as a person types it, in a repository of their own. */
const ROOT = packageRoot(import.meta.dirname)
const REQUEST = 'fix add() in src/add.js: it subtracts, and test/add.test.js expects a sum.'
const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "sum", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/add.js': 'export const add = (a, b) => a - b\n',
  'test/add.test.js': `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { add } from '../src/add.js'\n\ntest('adds', () => assert.equal(add(2, 3), 5))\n`,
}
const LIMIT_MS = 120_000

let database: TestDatabase
const dirs: string[] = []
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  await database.drop()
  for (const dir of dirs) await rm(dir, { recursive: true, force: true, maxRetries: 5 })
})

test('a fix is verified, asked about, changed on request, taken, and left on a branch', {
  timeout: LIMIT_MS,
}, async () => {
  const home = await makeHome('full', "sed -i 's/a - b/a + b/' src/add.js; echo more >> NOTES.md")
  await writeFile(join(home, 'repo', 'src', 'add.js'), 'not committed\n')
  const { code, out, report } = await run(home, ['write a second line into NOTES.md', 'y'])
  expect(code, out).toBe(0)
  expect(report).toMatchObject({ state: 'DONE', verdict: 'pass' })
  expect(out).toContain('Every required criterion passed')
  expect(out, 'links that are gone afterwards').not.toContain('http://')
  const git = gitIn(home)
  expect(await git('show', `${report.branch}:src/add.js`)).toContain('a + b')
  expect(await git('show', `${report.branch}:NOTES.md`)).toBe('more\nmore\n')
  expect(await git('branch', '--format=%(refname:short)')).toBe(`${report.branch}\ntrunk\n`)
  expect(await git('rev-parse', `${report.branch}~2`)).toBe(await git('rev-parse', 'trunk'))
  expect(await readFile(join(home, 'repo', 'src', 'add.js'), 'utf8'), 'the working tree').toBe('not committed\n')
})

test('a plan that nobody approves ends with 3, and writes nothing', { timeout: LIMIT_MS }, async () => {
  const home = await makeHome('manual', "sed -i 's/a - b/a + b/' src/add.js")
  const { code, out, report } = await run(home, [])
  expect(code, out).toBe(3)
  expect(report).toMatchObject({ state: 'PLAN', waitingOn: 'approval', branch: null })
  expect(out).toContain('Nothing was written.')
  expect(await gitIn(home)('branch', '--format=%(refname:short)')).toBe('trunk\n')
})

test('an agent that mends nothing is not believed', { timeout: LIMIT_MS }, async () => {
  const home = await makeHome('full', 'echo "All tests pass." | tee NOTES.md')
  const { code, out, report } = await run(home, ['n'])
  expect(code, out).toBe(1)
  expect(report.verdict).not.toBe('pass')
})

async function makeHome(automation: string, script: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'supervisor-local-'))
  dirs.push(home)
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(home, 'repo', dirname(path)), { recursive: true })
    await writeFile(join(home, 'repo', path), text)
  }
  const git = gitIn(home)
  await git('init', '-q', '-b', 'trunk')
  await git('add', '-A')
  await git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'first')
  const agent = { type: 'script', command: ['/bin/sh', '-c', script], capabilities: ['coding'] }
  const sandbox = (await probeSandbox()).available ? 'required' : 'off'
  const settings = { automation, sandbox, backends: { agent }, prefer: { coding: ['agent'] } }
  await writeFile(join(home, 'supervisor.config.yml'), JSON.stringify(settings))
  return home
}

const gitIn =
  (home: string) =>
  async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: join(home, 'repo') })).stdout

interface Report {
  readonly state: string
  readonly verdict: string | null
  readonly branch: string | null
}

async function run(
  home: string,
  answers: readonly string[],
): Promise<{ code: number | null; out: string; report: Report }> {
  const env = { ...COMPILED, PATH: process.env['PATH'] ?? '', HOME: home, DATABASE_URL: database.url }
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'run', REQUEST, '--repo', 'repo', '--json'], {
    cwd: home,
    env,
    timeout: LIMIT_MS,
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk))
  child.stdin.end(answers.map((answer) => `${answer}\n`).join(''))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const [line = '{}'] = out.trimEnd().split('\n').slice(-1)
  return { code, out, report: JSON.parse(line.startsWith('{') ? line : '{}') }
}
