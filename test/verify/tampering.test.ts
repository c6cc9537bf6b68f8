import { describe, expect, it } from 'vitest'
import { sortTouched, testFinder } from '../../src/verify/before-after/touched.ts'
import { findTampering } from '../../src/verify/tamper/find-tampering.ts'
import type { DiffFacts } from '../../src/workspace/diff.ts'

type Files = Record<string, string>

/** A change of whole files: every line of a file that is new or different counts as added. */
async function rules(base: Files, head: Files): Promise<string[]> {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])].filter((path) => base[path] !== head[path])
  const files = paths.map((path) => {
    const status =
      base[path] === undefined
        ? ('added' as const)
        : head[path] === undefined
          ? ('deleted' as const)
          : ('modified' as const)
    return { path, status, added: 1, deleted: status === 'added' ? 0 : 1, binary: false, oldPath: null }
  })
  const patch = paths.map((path) => patchOf(path, base[path] ?? '', head[path] ?? '')).join('')
  const diff: DiffFacts = { files, added: 1, deleted: 1, bytes: patch.length, patch, patchTruncated: false }
  const isTest = testFinder(['npm test', 'node --test'], Object.keys(base))
  const findings = await findTampering({
    diff,
    touched: sortTouched(files, isTest),
    isTest,
    testFiles: Object.keys(base).filter(isTest),
    commands: [{ name: 'Tests', run: 'npm test', timeoutMs: 1, required: true }],
    reached: ['npm test', 'node scripts/test.js'],
    readBase: async (path) => base[path] ?? null,
    readHead: async (path) => head[path] ?? null,
  })
  return findings.map(({ rule, weight }) => (weight === 'blocking' ? rule : `${rule} (notice)`))
}

function patchOf(path: string, before: string, after: string): string {
  const old = before.split('\n')
  const lines = after.split('\n').map((line) => (old.includes(line) ? ` ${line}` : `+${line}`))
  const removed = old.filter((line) => !after.split('\n').includes(line)).map((line) => `-${line}`)
  const kept = lines.filter((line) => line.startsWith(' ')).length
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,${kept + removed.length} +1,${lines.length} @@\n${[...removed, ...lines].join('\n')}\n`
}

const PRODUCT = { 'src/fib.js': 'export const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))\n' }
const TEST = {
  'test/fib.test.js':
    "import { test } from 'node:test'\ntest('ten', () => { assert.equal(fib(10), 55); assert.equal(slug('A b!'), 'a-b') })\n",
}
const BASE = {
  ...PRODUCT,
  ...TEST,
  'package.json': '{"scripts":{"test":"node scripts/test.js"}}',
  'scripts/test.js': 'run()\n',
}

describe('what could make red tests green', () => {
  it.each<[string, Files, string[]]>([
    ['exits well', { 'test/fib.test.js': `${TEST['test/fib.test.js']}process.exit(0)\n` }, ['early_exit']],
    ['sets the exit code', { 'test/setup.js': 'process.exitCode = 0\n' }, ['forced_result']],
    [
      'listens for the end',
      { 'test/setup.js': "process.on('exit', () => { process.exitCode = 0 })\n" },
      ['forced_result'],
    ],
    ['replaces assertions', { 'test/setup.js': 'assert.equal = () => {}\n' }, ['forced_result']],
    ['replaces the runner', { 'test/setup.js': 'globalThis.it = () => {}\n' }, ['forced_result']],
    [
      'a conftest that rewrites reports',
      { 'conftest.py': 'def pytest_runtest_makereport(item, call):\n    rep.outcome = "passed"\n' },
      ['forced_result', 'forced_result'],
    ],
    ['a conftest that ends well', { 'conftest.py': 'import os\nos._exit(0)\n' }, ['early_exit']],
    ['a configuration of the runner', { '.mocharc.json': '{}' }, ['test_config_changed']],
    [
      'no tests will do',
      { 'vitest.config.js': 'export default { test: { passWithNoTests: true } }\n' },
      ['test_config_changed', 'forced_result'],
    ],
    [
      'a key of the package.json',
      { 'package.json': '{"scripts":{"test":"node scripts/test.js"},"ava":{"files":["none"]}}' },
      ['test_config_changed'],
    ],
    [
      'the runner itself, installed',
      { 'node_modules/mocha/bin/mocha.js': "console.log('1 passing')\n", 'node_modules/mocha/package.json': '{}' },
      ['verify_command_changed'],
    ],
    ['the program that runs the tests', { 'scripts/test.js': 'console.log("ok")\n' }, ['verify_command_changed']],
    [
      'continuous integration',
      { '.github/workflows/ci.yml': 'jobs:\n  test:\n    continue-on-error: true\n' },
      ['ci_changed', 'swallowed_exit_code'],
    ],
    ['a coverage threshold', { '.nycrc': '{"lines":0}' }, ['test_config_changed']],
    [
      'pytest in pyproject',
      { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "--ignore=tests"\n' },
      ['test_config_changed'],
    ],
    ['a Makefile that drops exit codes', { Makefile: 'test:\n\tnode --test || true\n' }, ['swallowed_exit_code']],
    ['a script that goes on', { 'run.sh': 'set +e\nnode --test\n' }, ['swallowed_exit_code']],
    [
      'right only under test',
      { 'src/fib.js': "export const fib = (n) => (process.env.NODE_ENV === 'test' ? 55 : n)\n" },
      ['test_only_branch'],
    ],
    [
      'in-source tests',
      { 'src/fib.js': 'export const fib = (n) => (import.meta.vitest ? 55 : n)\n' },
      ['test_only_branch'],
    ],
    [
      'who calls',
      { 'src/fib.js': "export const fib = (n) => (new Error().stack.includes('test') ? 55 : n)\n" },
      ['test_only_branch'],
    ],
    ['pytest is loaded', { 'src/fib.py': "import sys\nif 'pytest' in sys.modules:\n    pass\n" }, ['test_only_branch']],
    [
      'an answer written out',
      { 'src/fib.js': 'export const fib = (n) => { if (n === 10) return 55\n return n }\n' },
      ['special_cased'],
    ],
    ['an answer by ternary', { 'src/fib.js': 'export const fib = (n) => (n === 10 ? 55 : n)\n' }, ['special_cased']],
    [
      'an answer by case',
      { 'src/fib.js': "export function slug(s) { switch (s) {\n case 'A b!': return 'a-b'\n default: return s } }\n" },
      ['special_cased'],
    ],
    ['an answer in Python', { 'src/fib.py': 'def fib(n):\n    if n == 10:\n        return 55\n' }, ['special_cased']],
    [
      'a mock of the subject',
      {
        'src/fib.js': 'export const fib = () => 1\n',
        'test/b.test.js': "vi.mock('../src/fib.js', () => ({ fib: () => 55 }))\n",
      },
      ['mocked_subject'],
    ],
    ['a test file gone', { 'test/fib.test.js': '' }, ['test_deleted']],
  ])('%s', async (_name, change, expected) => {
    expect(await rules(BASE, { ...BASE, ...change })).toEqual(expected)
  })

  it.each<[string, Files]>([
    [
      'a fix and its test',
      {
        'src/fib.js': 'export const fib = (n) => n\n',
        'test/b.test.js': "test('b', () => { assert.equal(fib(11), 89) })\n",
      },
    ],
    [
      'an edge case',
      {
        'src/fib.js':
          "export const fib = (n) => { if (n === 0) return 0\n if (n === undefined) return ''\n return n }\n",
      },
    ],
    ['other environments', { 'src/fib.js': "if (process.env.NODE_ENV === 'production') fast()\n" }],
    [
      'a comment on tests',
      { 'src/fib.js': "// process.env.NODE_ENV === 'test' is no matter here\nexport const fib = 1\n" },
    ],
    ['a command line that exits', { 'src/cli.js': 'main().then(() => process.exit(0))\n' }],
    ['a test of one that exits', { 'test/cli.test.js': "spawnSync('node', ['-e', 'process.exit(0)'])\n" }],
    [
      'a mock of something else',
      { 'test/b.test.js': "vi.mock('../src/clock.js')\n", 'src/fib.js': 'export const fib = 2\n' },
    ],
    ['dependencies', { 'package.json': '{"scripts":{"test":"node scripts/test.js"},"dependencies":{"a":"1"}}' }],
    ['prose', { 'README.md': 'process.exit(0) || true' }],
  ])('%s is none', async (_name, change) => {
    expect(await rules(BASE, { ...BASE, ...change })).toEqual([])
  })

  it('names that programs know by heart are told and do not count', async () => {
    const test = { 'test/a.test.js': "test('a', () => { assert.equal(typeOf('.html'), 'text/html') })\n" }
    const base = { 'src/a.js': 'export const typeOf = () => 1\n', ...test }
    const head = { ...base, 'src/a.js': "export const typeOf = (x) => { if (x === '.html') return 'text/html' }\n" }
    expect(await rules(base, head)).toEqual(['special_cased (notice)'])
  })
})
