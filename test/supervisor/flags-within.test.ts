import { expect, test } from 'vitest'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import { tighten } from '../../src/settings/tighten.ts'
import { flagsWithin } from '../../src/supervisor/settings/flags-within.ts'
import type { RequestFlags } from '../../src/task/task.ts'

const MINUTE = 60_000
const within = (flags: RequestFlags, ...files: (number | null)[]) => {
  const layers = files.map((budgetUsd) => (budgetUsd === null ? {} : { limits: { budgetUsd } }))
  return flagsWithin(flags, tighten(DEFAULT_OPERATOR_SETTINGS, ...layers), Math.min(flags.budgetUsd ?? 5, 20))
}

test.each([
  ['nobody says anything: the operator’s', {}, [], 5],
  ['the file’s where nobody asks for another', {}, [3], 3],
  ['a person may ask for less', { budgetUsd: 1 }, [3], 1],
  ['and for more than the operator gives by default', { budgetUsd: 10 }, [null], 10],
  ['a file that allows more lets a person ask for it', { budgetUsd: 7 }, [8], 7],
] as const)('%s', (_name, flags, files, budgetUsd) => {
  expect(within(flags, ...files)).toEqual({ budgetUsd, notes: [] })
})

test.each([
  ['the repository’s limit', [3]],
  ['the organisation’s limit, which the repository’s cannot lift', [3, 9]],
  ['the lower of both', [9, 3]],
] as const)('%s holds against a flag, and it is told', (_name, files) => {
  expect(within({ budgetUsd: 10 }, ...files)).toEqual({
    budgetUsd: 3,
    notes: [{ reasonCode: 'flag_lowered', detail: '--budget 10usd was asked for, 3usd is allowed' }],
  })
})

test('a longer time than is allowed is told as well', () => {
  expect(within({ timeoutMs: 45 * MINUTE }).notes).toEqual([
    { reasonCode: 'flag_lowered', detail: '--timeout 45m was asked for, 30m is allowed' },
  ])
  expect(within({ timeoutMs: 30 * MINUTE }).notes).toEqual([])
})
