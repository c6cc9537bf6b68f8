import { describe, expect, it } from 'vitest'
import { compareTests } from '../../src/verify/tamper/tests/compare-tests.ts'
import { readTests } from '../../src/verify/tamper/tests/read-tests.ts'

function found(before: string, after: string, file = 'test/a.test.js') {
  const read = (text: string) => readTests(text, file)?.cases ?? []
  return compareTests([{ file, before: read(before), after: read(after) }]).map(({ rule, weight }) =>
    weight === 'blocking' ? rule : `${rule} (notice)`,
  )
}

const TAPE = (body: string, head = "test('adds', (t) => {") =>
  `const test = require('tape')\n${head}\n${body}\n  t.end()\n})\n`
const IT = (body: string, head = "it('adds', () => {") => `describe('sum', () => { ${head}\n${body}\n}) })\n`
const EXPECT = (body: string) => `import { expect, it } from 'vitest'\n${IT(body)}`
const PY = (body: string, decorator = '') =>
  `import pytest\n${decorator}def test_adds():\n    ${body.replaceAll('\n', '\n    ')}\n`
const UNIT = (body: string) =>
  `class T(unittest.TestCase):\n    def test_adds(self):\n        ${body.replaceAll('\n', '\n        ')}\n`

describe('tests that say less than before', () => {
  it.each<[string, string, string, string[]]>([
    ['deleted', TAPE('t.equal(a, 1)'), "const test = require('tape')\n", ['test_deleted']],
    ['skipped', TAPE('t.equal(a, 1)'), TAPE('t.equal(a, 1)', "test.skip('adds', (t) => {"), ['test_skipped']],
    [
      'skipped by an option',
      TAPE('t.equal(a, 1)'),
      TAPE('t.equal(a, 1)', "test('adds', { skip: true }, (t) => {"),
      ['test_skipped'],
    ],
    ['skipped by itself', TAPE('t.equal(a, 1)'), TAPE('t.skip()\nt.equal(a, 1)'), ['test_skipped']],
    ['to be done some day', IT('assert(x === 1)'), IT('assert(x === 1)', "it.todo('adds', () => {"), ['test_skipped']],
    ['xit', IT('assert.equal(x, 1)'), IT('assert.equal(x, 1)', "xit('adds', () => {"), ['test_skipped']],
    [
      'its suite skipped',
      IT('assert.equal(x, 1)'),
      IT('assert.equal(x, 1)').replace('describe(', 'describe.skip('),
      ['test_skipped'],
    ],
    [
      'another one focused',
      IT('assert.equal(x, 1)'),
      `${IT('assert.equal(x, 1)')}it.only('b', () => { assert.ok(1 === y) })`,
      ['test_focused'],
    ],
    ['emptied', IT('assert.equal(x, 1)'), IT(''), ['test_emptied']],
    ['fewer assertions', IT('assert.equal(x, 1)\nassert.equal(y, 2)'), IT('assert.equal(x, 1)'), ['fewer_assertions']],
    [
      'commented out',
      IT('assert.equal(x, 1)\nassert.equal(y, 2)'),
      IT('assert.equal(x, 1)\n// assert.equal(y, 2)'),
      ['fewer_assertions'],
    ],
    ['returns early', IT('assert.equal(x, 1)'), IT('return\nassert.equal(x, 1)'), ['fewer_assertions']],
    ['equal became ok', IT('assert.equal(x, 1)'), IT('assert.ok(x)'), ['assertion_loosened']],
    ['toBe became toBeDefined', EXPECT('expect(x).toBe(1)'), EXPECT('expect(x).toBeDefined()'), ['assertion_loosened']],
    [
      'toEqual became not',
      EXPECT('expect(x).toEqual([1])'),
      EXPECT('expect(x).not.toEqual([2])'),
      ['assertion_loosened'],
    ],
    [
      'toThrow without its message',
      EXPECT('expect(f).toThrow(/odd/)'),
      EXPECT('expect(f).toThrow()'),
      ['assertion_loosened'],
    ],
    [
      'anything will do',
      EXPECT('expect(f).toEqual({ a: 1 })'),
      EXPECT('expect(f).toEqual(expect.anything())'),
      ['assertion_loosened'],
    ],
    ['compared with itself', IT('assert.equal(x, 1)'), IT('assert.equal(x, x)'), ['assertion_loosened']],
    ['a constant', IT('assert.equal(x, 1)'), IT('assert.ok(true)'), ['assertion_loosened']],
    ['only if', IT('assert.equal(x, 1)'), IT('if (process.env.CI) assert.equal(x, 1)'), ['assertion_loosened']],
    ['caught and dropped', IT('assert.equal(x, 1)'), IT('try { assert.equal(x, 1) } catch {}'), ['assertion_loosened']],
    ['tape: pass', TAPE('t.equal(a, 1)'), TAPE("t.pass('fine')"), ['assertion_loosened']],
    ['chai', IT('expect(x).to.equal(1)'), IT('expect(x).to.exist'), ['assertion_loosened']],
    [
      'a suite of uvu',
      "const math = suite('math')\nmath('adds', () => { assert.is(x, 1) })\n",
      "const math = suite('math')\nmath.skip('adds', () => { assert.is(x, 1) })\n",
      ['test_skipped'],
    ],
    ['a new test that is skipped', '', TAPE('t.equal(a, 1)', "test.skip('adds', (t) => {"), ['test_skipped (notice)']],
  ])('JavaScript: %s', (_name, before, after, rules) => {
    expect(found(before, after)).toEqual(rules)
  })

  it.each<[string, string, string]>([
    ['the same', IT('assert.equal(x, 1)'), IT('assert.equal(x, 1)')],
    ['formatted', IT('assert.equal(x, { a: 1 })'), IT('assert.equal(\n  x,\n  { a: 1, },\n);')],
    ['another name', IT('assert.equal(x, 1)'), IT('assert.equal(x, 1)', "it('sums', () => {")],
    [
      'a suite renamed, and its tests edited',
      IT('assert.equal(x, 1)'),
      IT('assert.equal(x, 2)').replace("'sum'", '`sum of many`'),
    ],
    ['one more assertion', IT('assert.equal(x, 1)'), IT('assert.equal(x, 1)\nassert.equal(y, 2)')],
    ['a stricter one', IT('assert.ok(x)'), IT('assert.equal(x, 1)')],
    ['another expectation, as exact', IT('assert.equal(x, 1)'), IT('assert.equal(x, 2)')],
    [
      'two tests made one',
      `${TAPE('t.equal(a, 1)')}test('more', (t) => { t.equal(b, 2) })`,
      TAPE('t.equal(a, 1)\nt.equal(b, 2)'),
    ],
    [
      'wrapped in a suite',
      "it('adds', () => { assert.equal(x, 1) })",
      IT('assert.equal(x, 1)')
        .replace(/\s+(?=assert)/, ' ')
        .replace(/\n/g, ' '),
    ],
    [
      'skipped as before',
      IT('assert.equal(x, 1)', "it.skip('adds', () => {"),
      IT('assert.equal(x, 2)', "it.skip('adds', () => {"),
    ],
    ['routes are no tests', "app.get('/a', () => { send(1) })", "app.get('/a', () => {})"],
  ])('JavaScript: %s is no matter', (_name, before, after) => {
    expect(found(before, after)).toEqual([])
  })

  it('TypeScript and JSX are read as what they are', () => {
    const typed = (call: string) => `it('adds', async (): Promise<void> => { const x = <number>sum(1); ${call} })`
    expect(found(typed('expect(x).toBe(1)'), typed('expect(x as unknown).toBeTruthy()'), 'a.test.ts')).toEqual([
      'assertion_loosened',
    ])
    expect(found("it('a', () => { expect(<A b={1} />).toEqual(2) })", '', 'a.test.tsx')).toEqual(['test_deleted'])
  })

  it.each<[string, string, string, string[]]>([
    ['deleted', PY('assert add(1) == 2'), 'import pytest\n', ['test_deleted']],
    [
      'skipped',
      PY('assert add(1) == 2'),
      PY('assert add(1) == 2', '@pytest.mark.skip(reason="later")\n'),
      ['test_skipped'],
    ],
    ['expected to fail', PY('assert add(1) == 2'), PY('assert add(1) == 2', '@pytest.mark.xfail\n'), ['test_skipped']],
    ['skipped by itself', PY('assert add(1) == 2'), PY('pytest.skip("no")\nassert add(1) == 2'), ['test_skipped']],
    ['emptied', PY('assert add(1) == 2'), PY('pass'), ['test_emptied']],
    ['constant', PY('assert add(1) == 2'), PY('assert True'), ['assertion_loosened']],
    ['or true', PY('assert add(1) == 2'), PY('assert add(1) == 2 or True'), ['assertion_loosened']],
    ['anything but', PY('assert add(1) == 2'), PY('assert add(1) is not None'), ['assertion_loosened']],
    ['fewer', PY('assert add(1) == 2\nassert add(2) == 3'), PY('assert add(1) == 2'), ['fewer_assertions']],
    [
      'caught',
      PY('assert add(1) == 2'),
      PY('try:\n    assert add(1) == 2\nexcept Exception:\n    pass'),
      ['assertion_loosened'],
    ],
    ['unittest', UNIT('self.assertEqual(add(1), 2)'), UNIT('self.assertTrue(add(1))'), ['assertion_loosened']],
    ['unittest, the same', UNIT('self.assertEqual(add(1), 2)'), UNIT('self.assertEqual( add(1), 2 )'), []],
    ['a better one', PY('assert add(1)'), PY('assert add(1) == 2'), []],
  ])('Python: %s', (_name, before, after, rules) => {
    expect(found(before, after, 'test_a.py')).toEqual(rules)
  })

  it.each<[string, string, string, string, string[]]>([
    [
      'Go',
      'a_test.go',
      'func TestA(t *testing.T) {\n\tif Add(1) != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n',
      'func TestA(t *testing.T) {\n\tt.Skip("later")\n\tif Add(1) != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n',
      ['test_skipped'],
    ],
    ['Go', 'a_test.go', 'func TestA(t *testing.T) {\n\tt.Fatal("no")\n}\n', '', ['test_deleted']],
    [
      'Rust',
      'tests/a.rs',
      '#[test]\nfn adds() {\n    assert_eq!(add(1), 2);\n}\n',
      '#[test]\n#[ignore]\nfn adds() {\n    assert_eq!(add(1), 2);\n}\n',
      ['test_skipped'],
    ],
    [
      'Java',
      'src/test/java/ATest.java',
      '  @Test\n  void adds() {\n    assertEquals(2, add(1));\n  }\n',
      '  @Test\n  void adds() {\n  }\n',
      ['test_emptied'],
    ],
    [
      'bats',
      'test/a.bats',
      '@test "adds" {\n  [ "$(add 1)" = 2 ]\n  [ "$(add 2)" = 3 ]\n}\n',
      '@test "adds" {\n  [ "$(add 1)" = 2 ]\n}\n',
      ['fewer_assertions'],
    ],
  ])('%s, line by line: %s', (_language, file, before, after, rules) => {
    expect(found(before, after, file)).toEqual(rules)
  })

  it('what no parser can read gives nothing, and costs no more than its size', () => {
    expect(readTests('describe(', 'a.test.js') ?? { cases: [] }).toMatchObject({ cases: [] })
    expect(readTests('('.repeat(50_000), 'a.test.js')).toBeNull()
    expect(readTests(`x${'.a()'.repeat(2_000)}`, 'a.test.js')).not.toBeUndefined()
  })
})
