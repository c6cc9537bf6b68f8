import { expect, test } from 'vitest'
import { readReview } from '../../src/plan/review-form.ts'

const blocking = { file: 'src/a.js', line: 3, severity: 'blocking', text: 'It divides by zero.' }
const minor = { severity: 'minor', text: 'A name could be better.' }
const json = (verdict: string, findings: unknown[]): string => JSON.stringify({ verdict, findings })

test.each([
  ['alone', json('changes_wanted', [blocking])],
  ['as the last line', `I looked at it.\n${json('changes_wanted', [blocking])}\n`],
  [
    'in a code fence, on several lines',
    `So:\n\`\`\`json\n${JSON.stringify({ verdict: 'changes_wanted', findings: [blocking] }, null, 2)}\n\`\`\``,
  ],
  ['after an earlier one', `${json('pass', [])}\nNo, wait.\n${json('changes_wanted', [blocking])}`],
  ['with its parts the other way round', JSON.stringify({ findings: [blocking], verdict: 'changes_wanted' })],
])('a review %s', (_, text) => {
  expect(readReview(text)).toEqual({ verdict: 'changes_wanted', findings: [blocking] })
})

test('minor findings send nothing back; places may be left out', () => {
  const findings = [{ ...minor, file: null, line: null }]
  expect(readReview(json('pass', [minor]))).toEqual({ verdict: 'pass', findings })
})

test('what blocks sends it back, whatever the verdict beside it says', () => {
  expect(readReview(json('pass', [minor, blocking]))?.verdict).toBe('changes_wanted')
})

test.each([
  ['no words', ''],
  ['prose', 'Looks good to me!'],
  ['another verdict', json('approved', [])],
  ['a wish for changes that names none', json('changes_wanted', [])],
  ['one that calls everything minor and wants changes', json('changes_wanted', [minor])],
  ['an unfinished object', '{"verdict": "pass", "findings": ['],
  ['a finding without words', json('changes_wanted', [{ ...blocking, text: ' ' }])],
  ['too many findings', json('changes_wanted', Array<unknown>(51).fill(blocking))],
])('%s: no review', (_, text) => {
  expect(readReview(text)).toBeNull()
})
