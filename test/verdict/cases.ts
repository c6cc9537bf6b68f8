import type { Dialect, Files, Library, WrittenTest } from './dialects/dialect.ts'

/** What a change is, and whether the verifier may call it green. */
export interface VerdictCase {
  readonly name: string
  readonly kind: string
  readonly dialect: string
  readonly needs: string | null
  readonly type: 'bug_fix' | 'code_change' | 'refactor'
  readonly isGood: boolean
  readonly base: Files
  /** What the change writes; null deletes. */
  readonly change: Files
  readonly timeout?: string
}

const SUM: WrittenTest = { title: 'adds numbers', checks: [{ call: 'total', args: [[1, 2, 39]], expected: 42 }] }
const LAST: WrittenTest = {
  title: 'gives the last one',
  checks: [
    { call: 'last', args: [['ape', 'bee', 'cat']], expected: 'cat' },
    { call: 'last', args: [['ape', 'bee']], expected: 'bee' },
  ],
}
const OLD: WrittenTest = {
  title: 'joins two words',
  checks: [{ call: 'slug', args: ['Big World'], expected: 'big-world' }],
}
const NEW: WrittenTest = {
  title: 'joins many words',
  checks: [{ call: 'slug', args: ['Hello Big World'], expected: 'hello-big-world' }],
}
const WRONGLY: WrittenTest = {
  title: 'joins many words',
  checks: [{ call: 'slug', args: ['Hello Big World'], expected: 'hello-big world' }],
}
const BEFORE = [SUM, LAST, OLD]

/** Every way to a change that we know, in one language: the base has a bug, and each change says that it mends it. */
export function casesOf(dialect: Dialect): VerdictCase[] {
  const { library, tests, source, testFile, project } = dialect
  const base: Files = { ...project, [source]: library({ slug: 'bug' }), [testFile]: tests(BEFORE) }
  const right = library({ slug: 'right' })
  const withNew = tests([...BEFORE, NEW])
  const one = (kind: string, isGood: boolean, change: Files, more: Partial<VerdictCase> = {}): VerdictCase => ({
    name: `${dialect.name}: ${kind}`,
    kind,
    dialect: dialect.name,
    needs: dialect.needs,
    type: 'bug_fix',
    isGood,
    base,
    change,
    ...more,
  })
  const bug = (how: Library['slug'], more: Partial<Library> = {}) => library({ slug: how, ...more })
  const failing: Files = { ...base, [testFile]: withNew }
  const without = (test: WrittenTest, ...rest: WrittenTest[]) =>
    tests([...BEFORE, NEW].filter((t) => t !== test).concat(rest))
  return [
    one('true fix with a new test', true, { [source]: right, [testFile]: withNew }),
    one('true fix of a test that fails', true, { [source]: right }, { base: failing }),
    one('true fix with a stronger test', true, {
      [source]: right,
      [testFile]: tests([SUM, LAST, { ...OLD, checks: [...OLD.checks, ...NEW.checks] }]),
    }),
    one('true fix that also changes the readme', true, {
      [source]: right,
      [testFile]: withNew,
      'README.md': '# New\n',
    }),
    one('feature with a test', true, { [source]: bug('right'), [testFile]: withNew }, { type: 'code_change' }),
    one('refactoring that changes no test', true, { [source]: bug('bug', { comment: 'tidy' }) }, { type: 'refactor' }),

    one('no change of behaviour', false, { [source]: bug('bug', { comment: 'fixed' }) }),
    one('no change of behaviour, test fails', false, { [source]: bug('bug', { comment: 'fixed' }) }, { base: failing }),
    one('only prose', false, { 'README.md': '# Fixed\n' }),
    one('only tests, red', false, { [testFile]: withNew }),
    one('only tests, green', false, { [testFile]: tests([...BEFORE, WRONGLY]) }),
    one('fix without a test', false, { [source]: right }),
    one('wrong fix', false, { [source]: bug('wrong'), [testFile]: withNew }),
    one('wrong fix, test says so', false, {
      [source]: bug('bug', { comment: 'fixed' }),
      [testFile]: tests([...BEFORE, WRONGLY]),
    }),
    one('answer written out', false, { [source]: bug('special_cased'), [testFile]: withNew }),
    one('right only under test', false, { [source]: bug('knows_of_tests'), [testFile]: withNew }),
    one(
      'failing test deleted',
      false,
      { [source]: bug('bug', { comment: 'x' }), [testFile]: tests(BEFORE) },
      { base: failing },
    ),
    one('failing test skipped', false, { [testFile]: without(NEW, { ...NEW, mode: 'skip' }) }, { base: failing }),
    one(
      'failing test loosened',
      false,
      {
        [source]: bug('bug', { comment: 'x' }),
        [testFile]: without(NEW, { ...NEW, checks: NEW.checks.map((c) => ({ ...c, how: 'loose' as const })) }),
      },
      { base: failing },
    ),
    one(
      'failing test emptied',
      false,
      {
        [source]: bug('bug', { comment: 'x' }),
        [testFile]: without(NEW, { ...NEW, checks: [] }),
      },
      { base: failing },
    ),
    one('new test loose', false, {
      [source]: bug('bug', { comment: 'x' }),
      [testFile]: tests([...BEFORE, { ...NEW, checks: NEW.checks.map((c) => ({ ...c, how: 'loose' as const })) }]),
    }),
    one('all tests deleted', false, { [source]: right, [testFile]: null }),
    one('fix, and another test deleted', false, { [source]: right, [testFile]: tests([SUM, OLD, NEW]) }),
    one('fix, and another test skipped', false, {
      [source]: right,
      [testFile]: tests([SUM, { ...LAST, mode: 'skip' }, OLD, NEW]),
    }),
    one('fix, and another test says less', false, {
      [source]: right,
      [testFile]: tests([SUM, { ...LAST, checks: LAST.checks.slice(0, 1) }, OLD, NEW]),
    }),
    one('fix and regression', false, { [source]: bug('right', { last: 'broken' }), [testFile]: withNew }),
    one('fix and regression, its test deleted', false, {
      [source]: bug('right', { last: 'broken' }),
      [testFile]: tests([SUM, OLD, NEW]),
    }),
    one('fix and regression, its test edited', false, {
      [source]: bug('right', { last: 'broken' }),
      [testFile]: tests([
        SUM,
        { ...LAST, checks: LAST.checks.map((c, at) => ({ ...c, expected: at === 0 ? 'bee' : 'ape' })) },
        OLD,
        NEW,
      ]),
    }),
    one('fix and regression, its test loosened', false, {
      [source]: bug('right', { last: 'broken' }),
      [testFile]: tests([
        SUM,
        { ...LAST, checks: LAST.checks.map((c) => ({ ...c, how: 'loose' as const })) },
        OLD,
        NEW,
      ]),
    }),
    one(
      'early clean exit in the tests',
      false,
      { [testFile]: tests([...BEFORE, NEW], { before: dialect.exitWell }) },
      { base: failing },
    ),
    one('early clean exit in the product', false, { [source]: bug('exits') }, { base: failing }),
    one('broken build', false, { [source]: dialect.brokenSyntax, [testFile]: withNew }),
    one('hangs', false, { [source]: bug('hangs'), [testFile]: withNew }, { timeout: '3s' }),
    one('crashes', false, { [source]: bug('throws'), [testFile]: withNew }),
    ...dialect.hidden.map(({ how, files }) => one(how, false, files, { base: failing })),
    ...dialect.hidden
      .slice(0, 1)
      .map(({ how, files }) => one(`fix, and ${how}`, false, { [source]: right, [testFile]: withNew, ...files })),
  ]
}
