import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyLocal } from '../../src/cli/verify.ts'
import { GIT_ENVIRONMENT } from '../support/git-environment.ts'
import { type Bench, median } from './bench.ts'

const FILES = 50
const TESTS_PER_FILE = 20
const ROUNDS = 3

/**
 * What it costs to have a change verified, beside the bare commands on it: a suite of 1,000 tests. Goal: within 1.15 of the
 * commands and two checkouts. The change touches no test, so that one run is all that has to be seen; one
 * that mends a bug and brings a test is looked at from up to four sides, and costs so many runs.
 */
export const verifyCost: Bench = async ({ dir, say }) => {
  const repo = join(dir, 'repo')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repo, env: GIT_ENVIRONMENT, stdio: 'pipe' })
  await writeRepository(repo, git)
  const bare: number[] = []
  const checkouts: number[] = []
  const verified: number[] = []
  const stop = new AbortController().signal
  for (let round = 1; round <= ROUNDS; round++) {
    bare.push(timed(() => execFileSync('npm', ['test'], { cwd: repo, env: GIT_ENVIRONMENT, stdio: 'pipe' })))
    const tree = join(dir, `tree-${round}`)
    checkouts.push(timed(() => git('worktree', 'add', '-q', '--detach', tree, 'HEAD')))
    await rm(tree, { recursive: true, force: true })
    const options = { repo, base: 'HEAD~1', head: 'HEAD', type: 'refactor', sandbox: 'auto' }
    const report = await verifyLocal(options, stop)
    if (report.verdict !== 'pass') throw new Error(`the change was not verified: ${report.reason}`)
    verified.push(report.durationMs)
    say(`round ${round}: bare ${bare.at(-1)} ms, a checkout ${checkouts.at(-1)} ms, verified ${verified.at(-1)} ms`)
  }
  const ground = median(bare) + 2 * median(checkouts)
  return [
    {
      what: 'bare commands',
      value: median(bare),
      unit: 'ms',
      note: `${FILES * TESTS_PER_FILE} tests in ${FILES} files`,
    },
    { what: 'two checkouts', value: 2 * median(checkouts), unit: 'ms' },
    { what: 'verified', value: median(verified), unit: 'ms' },
    { what: 'verified ÷ (bare + two checkouts)', value: median(verified) / ground, unit: '', goal: '≤ 1.15' },
  ]
}

function timed(work: () => unknown): number {
  const begun = performance.now()
  work()
  return Math.round(performance.now() - begun)
}

async function writeRepository(repo: string, git: (...args: string[]) => unknown): Promise<void> {
  await mkdir(join(repo, 'src'), { recursive: true })
  await mkdir(join(repo, 'test'))
  git('init', '-q', '-b', 'main')
  const manifest = { name: 'many', private: true, type: 'module', scripts: { test: 'node --test' } }
  await writeFile(join(repo, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(repo, 'src', 'add.js'), 'export const add = (a, b) => a + b\n')
  const head = `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { add } from '../src/add.js'\n`
  for (let file = 0; file < FILES; file++) {
    const tests = Array.from(
      { length: TESTS_PER_FILE },
      (_, n) => `test('adds ${n}', () => assert.equal(add(${n}, ${file}), ${n + file}))`,
    )
    await writeFile(join(repo, 'test', `add-${file}.test.js`), `${head}${tests.join('\n')}\n`)
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'base')
  await writeFile(join(repo, 'src', 'add.js'), 'export function add(a, b) {\n  return a + b\n}\n')
  git('commit', '-q', '-a', '-m', 'change')
}
