import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineFindings, MAX_FINDINGS } from '../../src/verify/lines/line-findings.ts'
import { knownFiles } from '../../src/verify/lines/repository-paths.ts'

const PATHS = [
  'test/a.test.js',
  'src/add.ts',
  'src/main.rs',
  'pkg/add_test.go',
  'tests/test_add.py',
  'src/with space.ts',
  'a\u202eb.ts',
  '-rf.ts',
]
const files = knownFiles(new Set(PATHS), ['/work/tree'])
const read = (output: string) => lineFindings(output, files)
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'outputs', name), 'utf8')

const FAILED = [
  {
    path: 'test/a.test.js',
    line: 4,
    title: 'adds',
    message: expect.stringContaining('Expected values to be strictly equal:'),
  },
  { path: 'test/a.test.js', line: 5, title: 'throws', message: expect.stringContaining('no @way') },
]

describe('node:test', () => {
  test.each(['failing-node-tap.txt', 'failing-node-spec.txt'])(
    '%s: each failed test once, at its assertion',
    (name) => {
      expect(read(fixture(name))).toEqual(FAILED)
    },
  )
  test('what is still to do is no failure', () => {
    const block = "  ---\n  location: '/work/tree/test/a.test.js:9:1'\n  ..."
    expect(read(`not ok 1 - later # TODO soon\n${block}`)).toEqual([])
    expect(read(`not ok 1 - now\n${block}`)).toMatchObject([{ line: 9, title: 'now' }])
  })
})

describe('what else people run', () => {
  test.each([
    ['tsc', "src/add.ts(3,5): error TS2322: Type 'string' is not assignable.", 'src/add.ts', 3, /TS2322/],
    ['tsc, pretty', 'src/add.ts:3:5 - error TS2322: no', 'src/add.ts', 3, /TS2322/],
    ['gcc', './src/add.ts:7:1: error: expected expression', 'src/add.ts', 7, /expected expression/],
    ['an absolute path', '/work/tree/src/add.ts:7:1: error: no', 'src/add.ts', 7, /no/],
    ['go', '--- FAIL: TestAdd (0.00s)\n    add_test.go:12: got 1, want 2', 'pkg/add_test.go', 12, /got 1/],
    ['pytest', 'tests/test_add.py:12: AssertionError', 'tests/test_add.py', 12, /AssertionError/],
    [
      'python',
      'Traceback (most recent call last):\n  File "/work/tree/tests/test_add.py", line 3, in test_add\n    f()\n  File "/usr/lib/python3/x.py", line 9, in f\nValueError: bad',
      'tests/test_add.py',
      3,
      /ValueError: bad/,
    ],
    ['rust', 'error[E0308]: mismatched types\n  --> src/main.rs:3:5\n   |', 'src/main.rs', 3, /E0308/],
    ['eslint', '/work/tree/src/add.ts\n  3:5  error  x is unused  no-unused\n', 'src/add.ts', 3, /x is unused/],
    [
      'jest',
      '  ● adds\n\n    Error: boom\n      at f (node_modules/x.js:1:1)\n      at Object.<anonymous> (test/a.test.js:5:3)',
      'test/a.test.js',
      5,
      /boom/,
    ],
    ['vitest', 'AssertionError: expected 1 to be 2\n ❯ test/a.test.js:5:3', 'test/a.test.js', 5, /expected 1/],
    ['a file URL', 'TypeError: x\n    at file:///work/tree/src/with%20space.ts:5:3', 'src/with space.ts', 5, /x/],
  ] as const)('%s', (_name, output, path, line, message) => {
    expect(read(output)).toEqual([{ path, line, title: '', message: expect.stringMatching(message) }])
  })
  test('warnings are no failures', () => {
    expect(read('src/add.ts:3:5: warning: unused\n/work/tree/src/add.ts\n  3:5  warning  x  y\n')).toEqual([])
    expect(read('warning: unused\n  --> src/main.rs:3:5')).toEqual([])
  })
})

describe('hostile output', () => {
  test.each([
    ['out of the repository', '../../etc/passwd:1:1: error: x'],
    ['a file of the host', '/etc/passwd:1:1: error: x'],
    ['out of the checkout by a detour', '/work/tree/../secret.ts:1:1: error: x'],
    ['a file that the commit has not', 'src/none.ts:1:1: error: x'],
    ['a name that deceives', 'a\u202eb.ts:1:1: error: x'],
    ['line 0', 'src/add.ts:0:1: error: x'],
    ['a line that no file has', `src/add.ts:${'9'.repeat(40)}:1: error: x`],
    ['an URL that is none', 'TypeError: x\n    at file:///%zz:5:3'],
  ])('%s is not taken', (_name, output) => {
    expect(read(output)).toEqual([])
  })
  test('one place is told once, all together fifty', () => {
    expect(read('src/add.ts:3:5: error: a\nsrc/add.ts:3:9: error: b')).toHaveLength(1)
    const many = Array.from({ length: 500 }, (_, n) => `src/add.ts:${n + 1}:1: error: x`).join('\n')
    expect(read(many)).toHaveLength(MAX_FINDINGS)
  })
  test('whatever comes: only files of the commit, bounded', () => {
    const piece = fc.constantFrom(
      ...PATHS,
      'not ok 1 - x',
      '  ---',
      "  location: '/work/tree/test/a.test.js:4:1'",
      '  error: |-',
      '  ...',
      'test at test/a.test.js:4:1',
      '✖ x (1ms)',
      'Error: x',
      '    at f (',
      ')',
      ':3:5',
      ': error ',
      ' --> ',
      'File "',
      '", line 3',
      '\n',
      '\n',
      ' ',
      '\t',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 60 }), (pieces) => {
        for (const { path, line, title, message } of read(pieces.join(''))) {
          expect(files.paths.has(path)).toBe(true)
          expect(line).toBeGreaterThan(0)
          expect(title.length).toBeLessThanOrEqual(200)
          expect(message.length).toBeLessThanOrEqual(1_000)
        }
      }),
    )
    for (const long of [
      'a:'.repeat(500_000),
      ' '.repeat(1_000_000),
      '(3,'.repeat(300_000),
      'test at a\n'.repeat(100_000),
    ])
      read(long)
  })
})
