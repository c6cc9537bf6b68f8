import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_FORM, type ResultForm } from '../../src/task/form.ts'
import { formEvidence } from '../../src/verify/answer/form-evidence.ts'
import { judge } from '../../src/verify/judge.ts'

const FILES = ['README.md', 'src/add.js', 'docs/guide/start.md', 'docs/two words.md']
const look = (answer: string, form: Partial<ResultForm>, files: readonly string[] | null = FILES) =>
  formEvidence({ answer, form: { ...NO_FORM, ...form }, files, documents: ['sources.md'] })
/** The verdict over all of it, with the reason of the first that did not pass. */
const verdict = (answer: string, form: Partial<ResultForm>, files?: readonly string[] | null): string => {
  const evidence = look(answer, form, files)
  const bad = evidence.find((e) => e.required && e.verdict !== 'pass')
  return bad ? `${bad.verdict}: ${bad.reasonCode}` : evidence.length === 0 ? 'nothing asked' : 'pass'
}

const REPORT = '## Answer\n\nTake A [1].\n\n## Sources\n\n1. `src/add.js:3`\n2. [the guide](docs/guide/start.md#top)\n'

describe('sections', () => {
  test.each([
    ['## Answer\n\nYes.\n', 'pass'],
    ['# 1. answer and reason\nYes.\n', 'pass'],
    ['## Answer\n\n## Next\nx\n', 'fail: section_missing'],
    ['```\n## Answer\nYes.\n```\n', 'fail: section_missing'],
    ['Answer: yes', 'fail: section_missing'],
  ])('%j', (answer, wanted) => expect(verdict(answer, { sections: ['Answer'] })).toBe(wanted))
})

describe('length', () => {
  test.each([
    ['one two three', 'pass'],
    ['one two three four', 'fail: too_long'],
    ['one - two — three | *', 'pass'],
    ['one\n```\na b c d e f\n```\n', 'pass'],
  ])('%j', (answer, wanted) => expect(verdict(answer, { maxWords: 3 })).toBe(wanted))
})

describe('sources', () => {
  test.each([
    ['named, and there', REPORT, 'pass'],
    ['none', '## Answer\n\nTake A.\n', 'fail: sources_missing'],
    ['an empty list', '## Answer\n\nTake A.\n\n## Sources\n\n', 'fail: sources_missing'],
    ['a file that is not there', REPORT.replace('src/add.js', 'src/sub.js'), 'fail: source_not_found'],
    ['a number that is not listed', REPORT.replace('[1]', '[7]'), 'fail: source_not_found'],
    [
      'a way out of the repository',
      REPORT.replace('docs/guide/start.md', '../../etc/passwd'),
      'fail: source_not_found',
    ],
    ['only elsewhere', '## Sources\n\n- https://example.invalid/a\n', 'pass'],
    ['general knowledge, marked', '## Sources\n\n- General knowledge of the language\n', 'pass'],
    [
      'a folder, a space, a dot',
      '## Sources\n\n- [a](docs/guide)\n- [b](docs/two%20words.md)\n- [c](./README.md)\n',
      'pass',
    ],
    ['a call is no file', '## Sources\n\n- `add()` and `npm test` in `src/add.js`\n', 'pass'],
  ])('%s', (_, answer, wanted) => expect(verdict(answer, { sources: true })).toBe(wanted))
  test('what stands elsewhere was not opened, and that is said', () => {
    const told = look('## Sources\n\n- https://example.invalid/a\n', { sources: true }).at(-1)
    expect(told).toMatchObject({ verdict: 'not_run', required: false, reasonCode: 'source_not_fetched' })
  })
  test('without the repository nothing is called found', () =>
    expect(verdict(REPORT, { sources: true }, null)).toBe('inconclusive: repository_not_read'))
})

describe('links', () => {
  test.each([
    ['see [it](src/add.js)', 'pass'],
    ['see [it](src/gone.js)', 'fail: link_broken'],
    ['see [it](https://example.invalid/x) and [top](#top)', 'nothing asked'],
    ['`[it](src/gone.js)` is how', 'fail: link_broken'],
    ['```\n[it](src/gone.js)\n```\n', 'nothing asked'],
  ])('%j', (answer, wanted) => expect(verdict(answer, {})).toBe(wanted))
})

describe('a decision', () => {
  test.each([
    ['| Option | Speed | Cost |\n|---|---|---|\n| A | fast | 1 |\n| B | slow | 0 |\n\nRecommendation: A.', 'pass'],
    ['Criteria: speed.\n\n- A: fast\n- B: slow\n\nI recommend A.', 'pass'],
    ['Take A.', 'fail: decision_incomplete'],
    ['| Option | Speed |\n|---|---|\n| A | fast |\n| B | slow |\n', 'fail: decision_incomplete'],
  ])('%j', (answer, wanted) => expect(verdict(answer, { decision: true })).toBe(wanted))
})

describe('data', () => {
  test.each([
    ['```json\n[{"a":1},{"a":2}]\n```\n2 records before, 2 records after.', 'pass'],
    ['```csv\na,b\n1,"x, y"\n2,z\n```\nRecords: before 3, after 2.', 'pass'],
    ['```json\n[{"a":1},{"a":2}]\n```\nBefore: 3, after: 3.', 'fail: counts_differ'],
    ['```csv\na,b\n1,2,3\n```\n1 record.', 'fail: data_unreadable'],
    ['```json\n[{"a":1},\n```\n', 'fail: data_unreadable'],
    ['a,b\n1,2\n', 'fail: data_unreadable'],
    ['```json\n[{"a":1}]\n```\nThere it is.', 'inconclusive: counts_not_stated'],
  ])('%j', (answer, wanted) => expect(verdict(answer, { data: true })).toBe(wanted))
})

describe('documents', () => {
  test('are delivered by a step, or stand as a section of the answer', () => {
    expect(verdict('', { documents: ['sources.md'] })).toBe('nothing asked')
    expect(verdict('## Comparison\n\nx\n', { documents: ['comparison.md'] })).toBe('nothing asked')
    expect(verdict('x', { documents: ['comparison.md'] })).toBe('fail: document_missing')
  })
})

test('whatever the text, it is judged quickly and never crashes; more demands never make it green', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '## Sources\n',
      '| a | b |\n',
      '```json\n',
      '```\n',
      '[x](',
      ')',
      '`src/add.js`',
      '[1]',
      '](<',
      '\n- ',
      '__proto__',
      '#'.repeat(50),
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  )
  const form = fc.record({
    sections: fc.subarray(['Sources', 'Answer']),
    sources: fc.boolean(),
    decision: fc.boolean(),
    data: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 40 }).map((p) => p.join('')),
      form,
      (answer, f) => {
        const all = judge(
          look(answer, { sections: ['Sources', 'Answer'], sources: true, decision: true, data: true }),
        ).verdict
        if (all === 'pass') expect(judge(look(answer, f)).verdict).not.toBe('fail')
      },
    ),
    { numRuns: 500 },
  )
  for (const hostile of [
    '['.repeat(200_000),
    '](('.repeat(70_000),
    '|'.repeat(200_000),
    '`'.repeat(200_000),
    '## '.repeat(70_000),
    '"'.repeat(200_000),
  ])
    expect(() => look(hostile, { sources: true, decision: true, data: true, sections: ['a'] })).not.toThrow()
})
