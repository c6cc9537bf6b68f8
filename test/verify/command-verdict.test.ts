import { describe, expect, it } from 'vitest'
import type { ProcessResult } from '../../src/process/run.ts'
import type { TestCounts } from '../../src/task/evidence.ts'
import { verdictOf } from '../../src/verify/commands/command-verdict.ts'

type End = Pick<ProcessResult, 'ended' | 'exitCode' | 'isolation' | 'error'>
const end = (patch: Partial<End>): End => ({
  ended: 'exited',
  exitCode: 0,
  isolation: 'bubblewrap',
  error: null,
  ...patch,
})
const counts = (passed: number, failed: number, skipped = 0): TestCounts => ({ passed, failed, skipped })

describe('what the end of a command means', () => {
  it.each<[string, Partial<End>, TestCounts | null, string, string, string | null]>([
    ['exit 0', {}, null, '', 'pass', null],
    ['exit 0, tests passed', {}, counts(3, 0, 1), '', 'pass', null],
    ['exit 0, tests failed', {}, counts(3, 1), '', 'fail', 'command_failed'],
    ['exit 0, no test', {}, counts(0, 0), '', 'inconclusive', 'no_tests_ran'],
    ['exit 0, all skipped', {}, counts(0, 0, 9), '', 'inconclusive', 'no_tests_ran'],
    [
      'exit 0, a child that would not die',
      { error: 'still alive' },
      null,
      '',
      'inconclusive',
      'verification_inconclusive',
    ],
    ['exit 1', { exitCode: 1 }, null, '', 'fail', 'command_failed'],
    ['exit 1 whatever the counts say', { exitCode: 1 }, counts(9, 0), '', 'fail', 'command_failed'],
    [
      'npm without a network',
      { exitCode: 1 },
      counts(3, 0),
      'npm error code EAI_AGAIN\nnpm error x\n',
      'inconclusive',
      'network_missing',
    ],
    [
      'npm without a network, red',
      { exitCode: 1 },
      counts(3, 1),
      'npm error code EAI_AGAIN\n',
      'fail',
      'command_failed',
    ],
    ['make, a directory of that name', {}, null, "make: 'test' is up to date.", 'inconclusive', 'no_tests_ran'],
    ['exit 127', { exitCode: 127 }, null, 'sh: 1: vitest: not found', 'inconclusive', 'command_not_found'],
    ['exit 127 after tests', { exitCode: 127 }, counts(1, 0), '', 'fail', 'command_failed'],
    ['exit 126', { exitCode: 126 }, null, './t: Permission denied', 'inconclusive', 'command_not_found'],
    ['make', { exitCode: 2 }, null, 'make: *** [Makefile:2: test] Error 127\n', 'inconclusive', 'command_not_found'],
    ['make, red tests', { exitCode: 2 }, null, 'make: *** [Makefile:2: test] Error 1\n', 'fail', 'command_failed'],
    [
      'pnpm',
      { exitCode: 1 },
      null,
      ' ELIFECYCLE  Command failed with exit code 127.',
      'inconclusive',
      'command_not_found',
    ],
    [
      'words of a test in the middle',
      { exitCode: 1 },
      null,
      'sh: No module named pytest\n1 problem',
      'fail',
      'command_failed',
    ],
    ['killed from outside', { ended: 'signalled', exitCode: null }, null, '', 'fail', 'command_failed'],
    ['time limit', { ended: 'timeout', exitCode: null }, counts(1, 0), '', 'fail', 'command_timeout'],
    ['a clean exit at the time limit', { ended: 'timeout' }, counts(1, 0), '', 'fail', 'command_timeout'],
    ['flood', { ended: 'output_limit', exitCode: null }, null, '', 'fail', 'command_flooded'],
    ['no box', { ended: 'not_started', exitCode: null }, null, '', 'inconclusive', 'sandbox_unavailable'],
    [
      'no start',
      { ended: 'not_started', exitCode: null, isolation: 'none' },
      null,
      '',
      'inconclusive',
      'command_not_found',
    ],
  ])('%s', (_name, patch, seen, output, verdict, reasonCode) => {
    expect(verdictOf(end(patch), seen, output)).toEqual({ verdict, reasonCode })
  })
})
