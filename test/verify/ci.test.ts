import { describe, expect, test } from 'vitest'
import type { CiCheck } from '../../src/task/ci.ts'
import { ciEvidence, readCiState } from '../../src/verify/ci.ts'

const check = (name: string, state: CiCheck['state'], over: Partial<CiCheck> = {}): CiCheck => ({
  name,
  kind: 'check_run',
  id: 1,
  appId: 15_368,
  isOfActions: true,
  state,
  said: state,
  detail: '',
  ...over,
})
const wanted = (name: string, appId: number | null = null) => ({ name, appId })

describe('what CI says of a commit', () => {
  test.each([
    ['nothing appeared and nothing has to', [], [], 'absent', 'not_run', 'ci_absent'],
    ['only skipped checks prove nothing', [check('a', 'passed_over')], [], 'absent', 'not_run', 'ci_absent'],
    ['all that appeared is green', [check('a', 'passed'), check('b', 'passed_over')], [], 'green', 'pass', null],
    [
      'one is under way',
      [check('a', 'failed'), check('b', 'pending')],
      [],
      'waiting',
      'inconclusive',
      'ci_not_finished',
    ],
    ['one failed', [check('a', 'failed'), check('b', 'passed')], [], 'red', 'fail', 'ci_failed'],
    ['one was cancelled', [check('a', 'unclear'), check('b', 'passed')], [], 'unclear', 'inconclusive', 'ci_unclear'],
    ['a required one is missing', [check('a', 'passed')], [wanted('b')], 'waiting', 'inconclusive', 'ci_missing'],
    ['another App made it', [check('a', 'passed')], [wanted('a', 7)], 'waiting', 'inconclusive', 'ci_missing'],
    ['our own check is required', [check('a', 'passed')], [wanted('Supervisor verification')], 'green', 'pass', null],
    [
      'a required one was skipped',
      [check('a', 'passed'), check('b', 'passed_over')],
      [wanted('b')],
      'green',
      'pass',
      null,
    ],
  ] as const)('%s', (_, checks, required, state, verdict, reasonCode) => {
    const seen = readCiState(checks, required)
    expect(seen.state).toBe(state)
    expect(ciEvidence(seen, 'c0ffee')).toMatchObject({
      verdict,
      reasonCode,
      required: state !== 'absent',
      commit: 'c0ffee',
    })
  })

  test('the failed ones come first, with what they had to say', () => {
    const seen = readCiState([check('lint', 'passed'), check('build', 'failed', { said: 'timed_out' })], [])
    const { excerpt, counts } = ciEvidence(seen, 'c0ffee', new Map([['build', 'x is not defined']]))
    expect(excerpt).toBe('build: timed_out\nlint: passed\n\nbuild:\nx is not defined')
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })
})
