import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVIDENCE_KINDS, EVIDENCE_VERDICTS, type Evidence } from '../../src/task/evidence.ts'
import { judge } from '../../src/verify/judge.ts'

const evidence = (patch: Partial<Evidence>): Evidence => ({
  criterion: 'Tests',
  kind: 'tests',
  required: true,
  command: 'npm test',
  exitCode: 0,
  durationMs: 1,
  counts: null,
  excerpt: '',
  artifactHash: null,
  commit: 'c0ffee',
  verdict: 'pass',
  reasonCode: null,
  ...patch,
})

const tests = evidence({})
const change = evidence({ criterion: 'A change was made', kind: 'diff' })
const noChange = evidence({ kind: 'diff', verdict: 'fail', reasonCode: 'no_change_made' })
const redTests = evidence({ verdict: 'fail', reasonCode: 'command_failed' })
const gap = (reasonCode: string) => evidence({ verdict: 'not_run', reasonCode })

describe('the verdict', () => {
  it.each([
    ['all required passed', [change, tests], 'pass', 'verified'],
    ['an answer that is there', [evidence({ kind: 'artifact' })], 'pass', 'verified'],
    ['a failure of what is not required', [tests, evidence({ required: false, verdict: 'fail' })], 'pass', 'verified'],
    ['a required failure', [change, tests, redTests], 'fail', 'verification_failed'],
    ['a failure beside a gap', [gap('no_verify_command'), redTests], 'fail', 'verification_failed'],
    ['no change made, tests green', [noChange, tests], 'fail', 'no_change_made'],
    [
      'no answer',
      [evidence({ kind: 'artifact', verdict: 'fail', reasonCode: 'answer_missing' })],
      'fail',
      'answer_missing',
    ],
    ['no evidence', [], 'inconclusive', 'verification_inconclusive'],
    ['only a diff', [change], 'inconclusive', 'verification_inconclusive'],
    ['only a diff and an opinion', [change, evidence({ kind: 'review' })], 'inconclusive', 'verification_inconclusive'],
    ['only optional checks', [change, evidence({ required: false })], 'inconclusive', 'verification_inconclusive'],
    ['no command', [change, gap('no_verify_command')], 'inconclusive', 'no_verify_command'],
    ['setup failed', [change, gap('setup_failed')], 'inconclusive', 'setup_failed'],
    ['one of two did not run', [tests, gap('command_not_found')], 'inconclusive', 'command_not_found'],
    ['changed commands, tests green', [tests, gap('verification_changed')], 'inconclusive', 'verification_changed'],
    ['an unheard-of reason', [tests, gap('whatever')], 'inconclusive', 'verification_inconclusive'],
  ])('%s', (_name, all, verdict, reasonCode) => {
    expect(judge(all)).toEqual({ verdict, reasonCode })
  })

  const anyEvidence = fc
    .record({
      kind: fc.constantFrom(...EVIDENCE_KINDS),
      required: fc.boolean(),
      verdict: fc.constantFrom(...EVIDENCE_VERDICTS),
      reasonCode: fc.constantFrom(null, 'no_verify_command', 'command_failed', 'no_change_made'),
    })
    .map(evidence)

  it('is never PASS with a required criterion that did not pass, wherever it stands', () => {
    const notPassed = fc
      .constantFrom('fail', 'inconclusive', 'not_run')
      .map((verdict) => evidence({ verdict } as const))
    fc.assert(
      fc.property(fc.array(anyEvidence), notPassed, fc.array(anyEvidence), (before, one, after) => {
        expect(judge([...before, one, ...after]).verdict).not.toBe('pass')
      }),
    )
  })

  it('is never PASS when nothing required ran, and never depends on the order', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence), (all) => {
        const { verdict } = judge(all)
        if (verdict === 'pass') expect(all.some((one) => one.required && one.verdict === 'pass')).toBe(true)
        expect(judge(all.toReversed())).toEqual(judge(all))
        expect(judge(all.map((one) => ({ ...one, verdict: 'not_run' as const }))).verdict).toBe('inconclusive')
      }),
    )
  })
})
