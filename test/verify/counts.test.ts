import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCounts } from '../../src/verify/counts/counts.ts'

const captured = (name: string) => readFileSync(new URL(`outputs/${name}.txt`, import.meta.url), 'utf8')
const counts = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped })

const JEST = `PASS src/sum.test.js
FAIL src/shout.test.js
  ● adds a bang

    expect(received).toBe(expected)

Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 1 skipped, 1 todo, 3 passed, 6 total
Snapshots:   0 total
Time:        0.57 s, estimated 1 s
Ran all test suites.
`

const MOCHA = `
  Rock Paper Scissors
    ✔ greets
    - later
    1) knows that paper beats rock


  1 passing (3ms)
  1 pending
  1 failing

  1) Rock Paper Scissors
       knows that paper beats rock:

      AssertionError [ERR_ASSERTION]: 'Invalid' == 'Paper wins!'
`

const GO_VERBOSE = `=== RUN   TestStart
--- PASS: TestStart (0.00s)
=== RUN   TestTable
=== RUN   TestTable/upper_case
=== RUN   TestTable/empty
    engine_test.go:15: empty name
--- FAIL: TestTable (0.00s)
    --- PASS: TestTable/upper_case (0.00s)
    --- FAIL: TestTable/empty (0.00s)
=== RUN   TestSkipped
--- SKIP: TestSkipped (0.00s)
FAIL
FAIL\texample.com/engine\t0.252s
=== RUN   TestFine
--- PASS: TestFine (0.00s)
PASS
ok  \texample.com/engine/ok\t0.377s
?   \texample.com/engine/cmd\t[no test files]
FAIL
`

const MAVEN = `[INFO] Running com.acme.AppTest
[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 1, Time elapsed: 0.05 s <<< FAILURE! -- in com.acme.AppTest
[INFO] Results:
[ERROR] Failures:
[ERROR]   AppTest.adds:12 expected: <3> but was: <4>
[INFO]
[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 1
`

const npmRun = (name: string, pass: number, fail: number) =>
  `\n> ${name}@1.0.0 test\n> node --test\n\n✔ it (0.4ms)\nℹ tests ${pass + fail}\nℹ suites 0\nℹ pass ${pass}\nℹ fail ${fail}\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 65.8\n`

describe('counts of tests, read from what runners print', () => {
  it.each([
    ['node:test, spec reporter', captured('node-spec'), counts(2, 1, 2)],
    ['node:test, TAP reporter', captured('node-tap'), counts(2, 1, 2)],
    ['node:test without any test', captured('node-none'), counts(0, 0, 0)],
    ['node:test with cancelled tests', '# tests 3\n# pass 1\n# fail 0\n# cancelled 2\n', counts(1, 2, 0)],
    ['vitest in colours', captured('vitest'), counts(1, 1, 2)],
    ['vitest --passWithNoTests', '\nNo test files found, exiting with code 0\n', counts(0, 0, 0)],
    ['vitest, a file without tests', ' Test Files  1 failed (1)\n      Tests  no tests\n', counts(0, 0, 0)],
    ['jest', JEST, counts(3, 1, 2)],
    ['jest --passWithNoTests', 'No tests found, exiting with code 0\n', counts(0, 0, 0)],
    ['mocha', MOCHA, counts(1, 1, 1)],
    ['mocha, all green', '\n\n  12 passing (1m)\n\n', counts(12, 0, 0)],
    ['pytest', captured('pytest'), counts(1, 2, 2)],
    ['pytest without any test', captured('pytest-none'), counts(0, 0, 0)],
    ['pytest -q', '....\n4 passed, 2 warnings in 61.20s (0:01:01)\n', counts(4, 0, 0)],
    ['cargo: unit, integration and doc tests are one run', captured('cargo'), counts(3, 1, 1)],
    ['go test -v: tests at the top level', GO_VERBOSE, counts(2, 1, 1)],
    [
      'go test: packages',
      'ok  \ta.b/c\t0.1s\nok  \ta.b/d\t(cached)\nFAIL\ta.b/e [build failed]\nFAIL\n',
      counts(2, 1, 0),
    ],
    [
      'go test without any test',
      '?   \ta.b/c\t[no test files]\nok  \ta.b/d\t0.1s [no tests to run]\n',
      counts(0, 0, 0),
    ],
    ['maven', MAVEN, counts(2, 1, 1)],
    ['TAP without a summary', 'TAP version 13\nok 1 a\nnot ok 2 b\nok 3 c # SKIP later\n1..3\n', counts(1, 1, 1)],
    ['TAP that died before its plan was done', '1..5\nok 1\nok 2\n', counts(2, 3, 0)],
    ['TAP with an empty plan', '1..0\n', counts(0, 0, 0)],
    ['tape', '# adds\nok 1 should be equal\n\n1..1\n# tests 1\n# pass  1\n\n# ok\n', counts(1, 0, 0)],
  ])('%s', (_name, output, expected) => {
    expect(parseCounts(output)).toEqual(expected)
  })

  it.each([
    ['nothing', ''],
    ['a linter', '✖ 3 problems (1 error, 2 warnings)\n'],
    ['prose', 'All 12 tests pass. VERIFICATION: PASS.\nTests: good, passed\n'],
    ['JSON of a liar', '{"status":"success","evidence":[{"kind":"tests","verdict":"pass","exitCode":0}]}'],
  ])('finds none in %s', (_name, output) => {
    expect(parseCounts(output)).toBeNull()
  })

  it('takes the last summary of a run, not one that a test printed before it', () => {
    expect(parseCounts(`# tests 99\n# pass 99\n# fail 0\nsome other output\n${captured('node-spec')}`)).toEqual(
      counts(2, 1, 2),
    )
    expect(parseCounts(`  99 passing (1ms)\n\n${JEST}`)).toEqual(counts(3, 1, 2))
  })

  it.each([
    ['npm workspaces', npmRun('a', 3, 1) + npmRun('@acme/b', 4, 0)],
    [
      'pnpm -r',
      'packages/a test: ℹ pass 3\npackages/b test: ℹ pass 4\npackages/a test: ℹ fail 1\npackages/b test: ℹ fail 0\n',
    ],
    ['turbo', 'a:test: ℹ pass 3\na:test: ℹ fail 1\nb:test: ℹ pass 4\nb:test: ℹ fail 0\n'],
    ['yarn workspaces', '[a]: # pass 3\n[a]: # fail 1\n[@acme/b]: # pass 4\n'],
  ])('adds up the packages of a monorepo: %s', (_name, output) => {
    expect(parseCounts(output)).toEqual(counts(7, 1, 0))
  })

  it.each([
    ['one endless line', '1'.repeat(8_000_000)],
    ['endless escapes', '\x1b['.repeat(2_000_000)],
    ['an escape that never ends', `\x1b]${'x'.repeat(4_000_000)}`],
    ['digits and spaces', ' Tests   1 1 1 1 1'.repeat(200_000)],
    ['thousands of almost-summaries', '= 1 passed, 1 passed, 1 passe in 1s\n'.repeat(100_000)],
    ['thousands of banners', '> a@1.0.0 test\n# pass 1\n'.repeat(100_000)],
    ['brackets', '[[[[[[[[[[[[['.repeat(500_000)],
  ])('reads hostile output without choking: %s', (_name, output) => {
    const result = parseCounts(output)
    expect(result === null || Number.isSafeInteger(result.passed)).toBe(true)
  })

  it('finds the summary after 8 MB of noise, and behind a sequence that never ends', () => {
    expect(parseCounts(`${'noise \x1b]0;\n'.repeat(700_000)}${captured('node-spec')}`)).toEqual(counts(2, 1, 2))
  })

  it('never invents: any text gives null or numbers that are not negative', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const result = parseCounts(text)
        if (result !== null) expect(Math.min(result.passed, result.failed, result.skipped)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
