import { describe, expect, test } from 'vitest'
import { fateOf, type Hunk, movedLines } from '../../src/task/hunk.ts'

const hunk = (oldStart: number, oldCount: number, newStart: number, newCount: number): Hunk => ({
  oldStart,
  oldCount,
  newStart,
  newCount,
})
const at = (from: number, to = from) => ({ from, to })

describe('how a line fared', () => {
  test.each([
    ['changed itself', at(5), [hunk(5, 1, 5, 1)], 'changed'],
    ['taken away', at(5), [hunk(4, 3, 3, 0)], 'changed'],
    ['one of several was changed', at(5, 8), [hunk(8, 2, 8, 1)], 'changed'],
    ['something was put between those that are spoken of', at(5, 6), [hunk(5, 0, 6, 2)], 'changed'],
    ['something was put right before it', at(5), [hunk(4, 0, 5, 1)], 'near'],
    ['something was put right behind it', at(5), [hunk(5, 0, 6, 1)], 'near'],
    ['three lines below', at(5), [hunk(8, 1, 8, 1)], 'near'],
    ['four lines below', at(5), [hunk(9, 1, 9, 1)], 'same'],
    ['three lines above', at(9), [hunk(5, 2, 5, 2)], 'near'],
    ['four lines above', at(9), [hunk(4, 2, 4, 2)], 'same'],
    ['no change', at(5), [], 'same'],
  ] as const)('%s', (_name, lines, hunks, fate) => {
    expect(fateOf(lines, hunks)).toBe(fate)
  })
})

describe('where a line is in a newer commit', () => {
  test('what came above moves it, what came below does not', () => {
    const hunks = [hunk(2, 0, 3, 4), hunk(6, 2, 10, 1), hunk(30, 1, 33, 9)]
    expect(movedLines(at(10, 12), hunks)).toEqual(at(13, 15))
    expect(movedLines(at(1), hunks)).toEqual(at(1))
  })
  test('a line that was changed is nowhere', () => {
    expect(movedLines(at(7), [hunk(6, 2, 6, 5)])).toBeNull()
  })
})
