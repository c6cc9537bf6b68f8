import { expect, test } from 'vitest'
import { lineThreadOf } from '../../src/task/line-thread.ts'

const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)
const comment = {
  id: 7,
  commit_id: NEW,
  original_commit_id: OLD,
  line: 12,
  start_line: null,
  original_line: 10,
  original_start_line: null,
  side: 'RIGHT',
  diff_hunk: '@@ -8,2 +8,3 @@ f\n a\n-b\n+c\n+d',
}

test('a line that is in the newest diff is counted there', () => {
  expect(lineThreadOf(comment)).toEqual({ id: 7, commit: NEW, lines: { from: 12, to: 12 } })
  expect(lineThreadOf({ ...comment, start_line: 9 }).lines).toEqual({ from: 9, to: 12 })
})

test('one that is outdated is counted in the commit that it was written on', () => {
  expect(lineThreadOf({ ...comment, line: null })).toEqual({ id: 7, commit: OLD, lines: { from: 10, to: 10 } })
})

test('where no line is told, the hunk ends with it', () => {
  const bare = { id: 7, original_commit_id: OLD, commit_id: NEW, diff_hunk: comment.diff_hunk }
  expect(lineThreadOf(bare)).toEqual({ id: 7, commit: OLD, lines: { from: 10, to: 10 } })
  expect(lineThreadOf({ ...bare, diff_hunk: '@@ -8,2 +8,1 @@\n a\n-b' }).lines).toBeNull()
  expect(lineThreadOf({ ...bare, diff_hunk: 'nonsense' }).lines).toBeNull()
})

test('an answer in a thread belongs to its first comment', () => {
  expect(lineThreadOf({ ...comment, in_reply_to_id: 3 }).id).toBe(3)
})

test('a whole file and a line that was taken away have no line', () => {
  expect(lineThreadOf({ ...comment, side: 'LEFT' }).lines).toBeNull()
  expect(lineThreadOf({ ...comment, subject_type: 'file' }).lines).toBeNull()
})
