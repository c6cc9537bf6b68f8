// Longer than other files: every verdict of one function, over the same repositories.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probeSandbox } from '../../src/process/sandbox.ts'
import { sweepLeftovers } from '../../src/process/sweep.ts'
import { sha256 } from '../../src/task/hash.ts'
import type { VerifyCommand } from '../../src/task/plan.ts'
import { type CheckInput, type CheckProgress, runChecks } from '../../src/verify/commands/run-checks.ts'
import { judge } from '../../src/verify/judge.ts'
import { hostsFor } from '../../src/verify/registries.ts'

const COMMIT = '9f2c1d7e00000000000000000000000000000000'
const PASSING = "const { test } = require('node:test')\ntest('a', () => {})\ntest('b', () => {})\n"
const FAILING =
  "const { test } = require('node:test')\ntest('a', () => {})\ntest('no loop', () => { throw new Error('loop') })\n"

let root: string
let runId: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verify-test-'))
  runId = `verify-test-${root.slice(-6)}`
  await mkdir(join(root, 'tree'))
})
afterEach(async () => {
  expect(await sweepLeftovers([runId])).toBe(0)
  await rm(root, { recursive: true, force: true })
})

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'tree', path)), { recursive: true })
    await writeFile(join(root, 'tree', path), text)
  }
}

const command = (run: string, more: Partial<VerifyCommand> = {}): VerifyCommand => ({
  name: 'Tests',
  run,
  timeoutMs: 30_000,
  required: true,
  ...more,
})

function check(commands: VerifyCommand[], more: Partial<CheckInput> & { setup?: string } = {}) {
  const { setup = null, ...rest } = more
  return runChecks({
    tree: join(root, 'tree'),
    commit: COMMIT,
    verification: { setup, setupTimeoutMs: 30_000, commands, source: 'repository' },
    sandbox: 'off',
    sandboxPaths: [],
    scratchDir: join(root, 'scratch'),
    signal: new AbortController().signal,
    runId,
    ...rest,
  })
}

async function checkOne(run: string, more: Partial<VerifyCommand> = {}) {
  const { evidence, outputs } = await check([command(run, more)])
  expect(evidence).toHaveLength(1)
  return { one: evidence[0], verdict: judge(evidence).verdict, output: outputs[0]?.content ?? '' }
}

describe('what a command proves', () => {
  it('green tests pass, with everything that was seen', async () => {
    await write({ 'test/a.test.js': PASSING })
    const { evidence, outputs } = await check([command('node --test')])
    expect(evidence).toMatchObject([
      {
        criterion: 'Tests',
        kind: 'tests',
        required: true,
        command: 'node --test',
        exitCode: 0,
        counts: { passed: 2, failed: 0, skipped: 0 },
        commit: COMMIT,
        verdict: 'pass',
        reasonCode: null,
      },
    ])
    expect(outputs[0]?.name).toBe('1-tests.log')
    expect(outputs[0]?.hash).toBe(sha256(outputs[0]?.content ?? ''))
    expect(evidence[0]?.artifactHash).toBe(outputs[0]?.hash)
    expect(evidence[0]?.excerpt).toContain('pass 2')
    expect(judge(evidence)).toEqual({ verdict: 'pass', reasonCode: 'verified' })
  })

  it('red tests fail, and the excerpt names them', async () => {
    await write({ 'test/a.test.js': FAILING })
    const { one, verdict } = await checkOne('node --test')
    expect(one).toMatchObject({ exitCode: 1, counts: { passed: 1, failed: 1 }, reasonCode: 'command_failed' })
    expect(one?.excerpt).toContain('no loop')
    expect(verdict).toBe('fail')
  })

  it('red tests are told with their lines, where the commit has the file', async () => {
    await write({ 'test/a.test.js': FAILING })
    const run = (files: readonly string[]) => check([command('node --test')], { files: async () => files })
    const { evidence } = await run(['test/a.test.js'])
    const message = expect.stringContaining('loop')
    expect(evidence[0]?.findings).toEqual([{ path: 'test/a.test.js', line: 3, title: 'no loop', message }])
    expect((await run(['README.md'])).evidence[0]).not.toHaveProperty('findings')
  })

  it('a swallowed exit code does not make red tests green', async () => {
    await write({ 'test/a.test.js': FAILING })
    const { one, verdict } = await checkOne('node --test || true')
    expect(one).toMatchObject({ exitCode: 0, verdict: 'fail', reasonCode: 'command_failed' })
    expect(verdict).toBe('fail')
  })

  it('a command that claims green tests and exits 1 has failed', async () => {
    const claim = `printf '1..12\\n# tests 12\\n# pass 12\\n# fail 0\\n'; echo 'VERIFICATION: PASS'; exit 1`
    expect(await checkOne(claim)).toMatchObject({ verdict: 'fail', one: { reasonCode: 'command_failed' } })
  })

  it('exit code 0 of a command without tests passes: the repository chose it as its criterion', async () => {
    const { one, verdict } = await checkOne('echo checked 3 files', { name: 'Lint' })
    expect(one).toMatchObject({ kind: 'exit_code', counts: null, verdict: 'pass' })
    expect(verdict).toBe('pass')
  })

  it('a test run in which no test ran proves nothing', async () => {
    const { one, verdict } = await checkOne("printf '# tests 2\\n# pass 0\\n# fail 0\\n# skipped 2\\n'")
    expect(one).toMatchObject({ exitCode: 0, verdict: 'inconclusive', reasonCode: 'no_tests_ran' })
    expect(verdict).toBe('inconclusive')
  })

  it('one that hangs fails at its time limit, and nothing of it goes on', async () => {
    const { one, verdict } = await checkOne('echo begun; sleep 600 & wait', { timeoutMs: 500 })
    expect(one).toMatchObject({ exitCode: null, verdict: 'fail', reasonCode: 'command_timeout', excerpt: 'begun' })
    expect(verdict).toBe('fail')
  })

  it('one that floods is stopped, and what is kept is bounded', async () => {
    const { one, output } = await checkOne('yes "the same line again and again"')
    expect(one).toMatchObject({ verdict: 'fail', reasonCode: 'command_flooded' })
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(8_000_000)
    expect(Buffer.byteLength(one?.excerpt ?? '')).toBeLessThanOrEqual(20_000)
  })

  it.each([
    ['a program that is not there', 'no-such-runner --all'],
    ['a file that cannot be executed', './data.txt'],
    ['a missing dev dependency behind npm', 'npm test'],
    ['a missing program behind make', 'make test'],
    ['pytest that is not installed', 'echo "/usr/bin/python3: No module named pytest" >&2; exit 1'],
  ])('%s is not the fault of the code, and not green', async (_name, run) => {
    await write({
      'package.json': '{"name":"a","version":"1.0.0","scripts":{"test":"no-such-runner run"}}',
      Makefile: 'test:\n\tno-such-runner\n',
      'data.txt': 'data',
    })
    const { one, verdict } = await checkOne(run)
    expect(one).toMatchObject({ verdict: 'inconclusive', reasonCode: 'command_not_found' })
    expect(verdict).toBe('inconclusive')
  })

  it('exit code 127 after tests ran belongs to the code', async () => {
    await write({ 'test/a.test.js': PASSING })
    expect((await checkOne('node --test; exit 127')).one).toMatchObject({
      verdict: 'fail',
      reasonCode: 'command_failed',
    })
  })

  it('children left in the background do not hold it up and do not stay', async () => {
    const { one } = await checkOne('sleep 1000 & setsid sleep 1001 & nohup sleep 1002 >/dev/null 2>&1 & echo done')
    expect(one).toMatchObject({ exitCode: 0, verdict: 'pass', excerpt: 'done' })
    expect(await sweepLeftovers([runId])).toBe(0)
  })
})

describe('a whole verification', () => {
  it('without any command is said, and never green', async () => {
    const { evidence, outputs } = await check([], { setup: 'touch setup-ran' })
    expect(evidence).toMatchObject([{ required: true, verdict: 'not_run', reasonCode: 'no_verify_command' }])
    expect(outputs).toEqual([])
    expect(existsSync(join(root, 'tree', 'setup-ran'))).toBe(false)
    expect(judge(evidence)).toEqual({ verdict: 'inconclusive', reasonCode: 'no_verify_command' })
  })

  it('runs setup first, then every command to the end, also after one that failed', async () => {
    const seen: CheckProgress[] = []
    const { evidence, outputs } = await check(
      [
        command('grep -q cached "$HOME/cache" && cat built'),
        command('exit 3', { name: 'Lint & format!', required: false }),
        command('test -e built', { name: 'Build' }),
      ],
      { setup: 'echo cached > "$HOME/cache" && echo ready > built', onProgress: (progress) => seen.push(progress) },
    )
    expect(evidence.map(({ criterion, verdict, required }) => [criterion, verdict, required])).toEqual([
      ['Setup', 'pass', false],
      ['Tests', 'pass', true],
      ['Lint & format!', 'fail', false],
      ['Build', 'pass', true],
    ])
    expect(outputs.map(({ name }) => name)).toEqual(['1-setup.log', '2-tests.log', '3-lint-format.log', '4-build.log'])
    expect(seen.map(({ criterion, verdict }) => [criterion, verdict]).slice(0, 4)).toEqual([
      ['Setup', null],
      ['Setup', 'pass'],
      ['Tests', null],
      ['Tests', 'pass'],
    ])
    expect(judge(evidence).verdict).toBe('pass')
  })

  it.each([
    ['fails', 'echo cannot resolve host >&2; exit 1'],
    ['is not there', 'no-such-installer'],
    ['prints a green summary and fails', "printf '# tests 1\\n# pass 1\\n'; exit 1"],
  ])('whose setup %s runs no command, and is never green', async (_name, setup) => {
    const { evidence, outputs } = await check([command('touch ran'), command('true', { name: 'Lint' })], { setup })
    expect(evidence.map(({ criterion, verdict, reasonCode }) => [criterion, verdict, reasonCode])).toEqual([
      ['Setup', 'fail', 'setup_failed'],
      ['Tests', 'not_run', 'setup_failed'],
      ['Lint', 'not_run', 'setup_failed'],
    ])
    expect(outputs).toHaveLength(1)
    expect(existsSync(join(root, 'tree', 'ran'))).toBe(false)
    expect(judge(evidence)).toEqual({ verdict: 'inconclusive', reasonCode: 'setup_failed' })
  })

  it('stops when it is cancelled: no evidence, no process, no further command', async () => {
    const stop = new AbortController()
    const run = check([command('touch begun; sleep 600'), command('touch second')], { signal: stop.signal })
    const outcome = expect(run).rejects.toMatchObject({ name: 'OperatingError', failureClass: 'cancelled' })
    await expect.poll(() => existsSync(join(root, 'tree', 'begun')), { timeout: 20_000 }).toBe(true)
    stop.abort()
    await outcome
    expect(existsSync(join(root, 'tree', 'second'))).toBe(false)
    expect(await readdir(join(root, 'scratch'))).toEqual([])
  })

  it('gives commands nothing of our own environment, a private home, and cleans up after them', async () => {
    process.env['VERIFY_CANARY'] = 'canary-4711'
    const { outputs } = await check([command('env; cd "$HOME" && pwd && touch "$TMPDIR/x"')])
    delete process.env['VERIFY_CANARY']
    const content = outputs[0]?.content ?? ''
    expect(content).not.toContain('canary-4711')
    expect(content).toContain('CI=true')
    expect(content).toContain(`HOME=${join(root, 'scratch', 'verify-home-')}`)
    expect(await readdir(join(root, 'scratch'))).toEqual([])
  })

  it('redacts before it hashes, stores and shows', async () => {
    const redact = (text: string) => text.replaceAll('hunter2', '***')
    const { evidence, outputs } = await check([command('echo password hunter2; printf "a\\0b"')], { redact })
    expect(outputs[0]?.content).toBe('password ***\na\ufffdb')
    expect(evidence[0]?.excerpt).toBe('password ***\na\ufffdb')
    expect(evidence[0]?.artifactHash).toBe(sha256('password ***\na\ufffdb'))
  })

  it('required to be boxed, is boxed or not run at all', async () => {
    await write({ 'test/a.test.js': PASSING })
    await writeFile(join(root, 'secret'), 'of the host')
    const { evidence } = await check(
      [command('node --test'), command(`cat ${join(root, 'secret')}`, { name: 'Host' }), command('echo x > in-tree')],
      { sandbox: 'required' },
    )
    const { available } = await probeSandbox()
    expect(evidence.map(({ verdict, reasonCode }) => [verdict, reasonCode])).toEqual(
      available
        ? [
            ['pass', null],
            ['fail', 'command_failed'],
            ['pass', null],
          ]
        : Array(3).fill(['inconclusive', 'sandbox_unavailable']),
    )
    expect(existsSync(join(root, 'tree', 'in-tree'))).toBe(available)
  })
})

describe.runIf((await probeSandbox()).available)('in the box', () => {
  const PACKAGE = 'exports.two = 2\n'

  async function registry(): Promise<{ host: string; close: () => void }> {
    const server = createServer((_, response) => response.end(PACKAGE))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
    const address = server.address()
    return {
      host: `127.0.0.2:${typeof address === 'object' ? address?.port : ''}`,
      close: () => void server.close(),
    }
  }

  it('setup reaches the hosts of its list, the commands those of theirs, and what was refused is told', async () => {
    const { host, close } = await registry()
    await write({ 'test.js': "require('node:test').test('two', () => { if (require('./dep').two !== 2) throw 1 })\n" })
    const fetching = `"${process.execPath}" -e 'fetch("http://${host}/dep").then((r) => r.text()).then((t) => { if (t.includes("two")) require("fs").writeFileSync("dep.js", t); else { console.error(t); process.exit(1) } })'`
    const more = { setup: fetching, sandbox: 'required' as const, network: { setup: [host], verify: [] } }
    const open = await check([command('node --test'), command(fetching, { name: 'Fetch' })], more)
    expect(open.evidence.map(({ criterion, verdict }) => [criterion, verdict])).toEqual([
      ['Setup', 'pass'],
      ['Tests', 'pass'],
      ['Fetch', 'fail'],
    ])
    const shut = await check([command('node --test')], {
      ...more,
      network: { setup: ['packages.example.com'], verify: [] },
    })
    expect(shut.evidence).toMatchObject([
      { criterion: 'Setup', verdict: 'fail', excerpt: expect.stringContaining(`refused connections to ${host}`) },
      { criterion: 'Tests', verdict: 'not_run' },
    ])
    close()
  })
})

it('`detected` stands for the registry of the npm that is here, for commands that use it', async () => {
  const [registry, ...more] = await hostsFor(['detected'], 'npm ci --ignore-scripts')
  expect(registry).toMatch(/^[\w.-]+(?::\d+)?$/)
  expect(more).toEqual([])
  expect(await hostsFor(['packages.example.com', 'detected'], 'pnpm install')).toEqual([
    'packages.example.com',
    registry,
  ])
  expect(await hostsFor(['detected'], 'make deps')).toEqual([])
  expect(await hostsFor([], 'npm ci')).toEqual([])
})
