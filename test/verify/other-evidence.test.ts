import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/task/hash.ts'
import { answerEvidence } from '../../src/verify/answer-evidence.ts'
import { excerptOf, plainText } from '../../src/verify/commands/clean-output.ts'
import { diffEvidence } from '../../src/verify/diff-evidence.ts'
import { judge } from '../../src/verify/judge.ts'
import { notRun } from '../../src/verify/not-run.ts'

const file = (path: string) => ({
  path,
  status: 'modified' as const,
  added: 2,
  deleted: 1,
  binary: false,
  oldPath: null,
})
const diff = (...paths: string[]) => ({
  files: paths.map(file),
  added: 2 * paths.length,
  deleted: paths.length,
  bytes: 9,
  patch: 'the patch',
  patchTruncated: false,
})

describe('evidence from the diff', () => {
  it('says what was changed, on which commit', () => {
    const [one] = diffEvidence(diff('src/a.js', 'src/b.js'), 'c0ffee', { changeWanted: true })
    expect(one).toMatchObject({ kind: 'diff', required: true, verdict: 'pass', commit: 'c0ffee', reasonCode: null })
    expect(one?.excerpt).toBe('2 files, +4 −2\nmodified src/a.js (+2 −1)\nmodified src/b.js (+2 −1)')
    expect(one?.artifactHash).toBe(sha256('the patch'))
  })

  it('fails where a change was wanted and none was made', () => {
    const evidence = diffEvidence(diff(), 'c0ffee', { changeWanted: true })
    expect(judge(evidence)).toEqual({ verdict: 'fail', reasonCode: 'no_change_made' })
  })

  it('has nothing to say where none was wanted', () => {
    expect(diffEvidence(diff(), 'c0ffee', { changeWanted: false })).toEqual([])
  })

  it('stays bounded for thousands of files with long names', () => {
    const paths = Array.from({ length: 5_000 }, (_, i) => `${'long/'.repeat(200)}${i}.js`)
    const [one] = diffEvidence(diff(...paths), 'c0ffee', { changeWanted: true })
    expect(Buffer.byteLength(one?.excerpt ?? '')).toBeLessThanOrEqual(20_000)
    expect(one?.excerpt).toContain('and 4900 more')
  })
})

describe('evidence for an answer', () => {
  it.each<[string, string | Uint8Array | null, string | null]>([
    ['text', 'Use the second one, because …', null],
    ['bytes of text', Buffer.from('# Comparison\n'), null],
    ['nothing', null, 'answer_missing'],
    ['an empty one', '', 'answer_missing'],
    ['blanks', ' \n\t\n', 'answer_missing'],
    ['only invisible characters', '\u200b\u200d\ufeff\u2060', 'answer_missing'],
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'answer_unreadable'],
    ['text with a NUL', 'a\0b', 'answer_unreadable'],
    ['a book', 'x'.repeat(1_000_001), 'answer_unreadable'],
  ])('%s', (_name, content, reasonCode) => {
    const evidence = answerEvidence(content)
    expect(evidence).toMatchObject([{ kind: 'artifact', required: true, commit: null, reasonCode }])
    expect(judge(evidence)).toEqual(
      reasonCode === null ? { verdict: 'pass', reasonCode: 'verified' } : { verdict: 'fail', reasonCode },
    )
  })

  it('asks for each expected file by its name', () => {
    const two = [...answerEvidence('a', 'sources.md'), ...answerEvidence(null, 'conclusion.md')]
    expect(two.map(({ criterion, verdict }) => [criterion, verdict])).toEqual([
      ['sources.md was delivered', 'pass'],
      ['conclusion.md was delivered', 'fail'],
    ])
    expect(judge(two)).toEqual({ verdict: 'fail', reasonCode: 'answer_missing' })
  })
})

describe('what was not looked at', () => {
  it('is said, and has no say unless it is required', () => {
    const ci = notRun('CI', 'ci', 'ci_not_awaited', 'c0ffee')
    const answer = answerEvidence('yes')
    expect(ci).toMatchObject({ verdict: 'not_run', required: false, reasonCode: 'ci_not_awaited' })
    expect(judge([...answer, ci]).verdict).toBe('pass')
    expect(judge([...answer, { ...ci, required: true }])).toEqual({
      verdict: 'inconclusive',
      reasonCode: 'ci_not_awaited',
    })
    expect(judge([ci]).verdict).toBe('inconclusive')
  })
})

describe('what is shown of an output', () => {
  it('keeps head and tail within 20 kB, cut between characters', () => {
    const excerpt = excerptOf(`first line\n${'€'.repeat(1_000_000)}\nlast line`)
    expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(20_000)
    expect(excerpt.startsWith('first line\n€')).toBe(true)
    expect(excerpt.endsWith('€\nlast line')).toBe(true)
    expect(excerpt).toMatch(/… \d+ bytes left out …/)
    expect(excerpt).not.toContain('\ufffd')
  })

  it('holds no terminal sequence and no control character, and loses no text to an unfinished one', () => {
    const hostile =
      '\x1b[31mred\x1b[0m \x1b]8;;https://x.test\x07link\x1b]8;;\x07\r\nnext\0\x07\x9b \x1b]0;title kept\nlast\x1b['
    expect(plainText(hostile)).toBe('red link\nnext ]0;title kept\nlast'.replace(']', ''))
  })
})
