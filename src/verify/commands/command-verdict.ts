import type { ProcessResult } from '../../process/run.ts'
import type { EvidenceVerdict, TestCounts } from '../../task/evidence.ts'
import type { ReasonCode } from '../../task/reasons.ts'

export interface CommandVerdict {
  readonly verdict: EvidenceVerdict
  readonly reasonCode: ReasonCode | null
}

/**
 * What the end of a verification command means.
 *
 * Exit code 0 passes, with two exceptions that the counts make: failures in spite of it (a swallowed exit code) fail,
 * and a test run in which no test ran, or all were skipped, proves nothing. Exit code 0 without any counts passes: a linter prints none, and
 * the default branch itself chose this command's exit code as its criterion.
 *
 * Codes 126 and 127 (the shell's "cannot execute" and "not found", which npm, pnpm and yarn hand on) are the
 * surroundings' fault, a tool or a dev dependency that is not installed, and no repair of the code would mend them.
 * But not when tests were counted: then the runner was there, and whatever ended so belongs to the code.
 */
export function verdictOf(
  result: Pick<ProcessResult, 'ended' | 'exitCode' | 'isolation' | 'error'>,
  counts: TestCounts | null,
  output: string,
): CommandVerdict {
  switch (result.ended) {
    case 'timeout':
    case 'stalled':
      return { verdict: 'fail', reasonCode: 'command_timeout' }
    case 'output_limit':
      return { verdict: 'fail', reasonCode: 'command_flooded' }
    case 'not_started':
      // /bin/sh is always there: what could not be started is the box around it.
      return {
        verdict: 'inconclusive',
        reasonCode: result.isolation === 'none' ? 'command_not_found' : 'sandbox_unavailable',
      }
    case 'aborted':
      return { verdict: 'not_run', reasonCode: 'interrupted' }
    case 'memory_limit':
    case 'signalled':
      return { verdict: 'fail', reasonCode: 'command_failed' }
    case 'exited':
      return verdictOfExit(result, counts, output)
  }
}

function verdictOfExit(
  { exitCode, error }: Pick<ProcessResult, 'exitCode' | 'error'>,
  counts: TestCounts | null,
  output: string,
): CommandVerdict {
  const ran = counts === null ? null : counts.passed + counts.failed
  if (exitCode !== 0 && !counts?.failed && wantsNetwork(output)) {
    return { verdict: 'inconclusive', reasonCode: 'network_missing' }
  }
  if (exitCode !== 0) {
    const missing = !ran && (exitCode === 126 || exitCode === 127 || runnerIsMissing(output))
    return missing
      ? { verdict: 'inconclusive', reasonCode: 'command_not_found' }
      : { verdict: 'fail', reasonCode: 'command_failed' }
  }
  if (counts !== null && counts.failed > 0) return { verdict: 'fail', reasonCode: 'command_failed' }
  if (counts === null && didNothing(output)) return { verdict: 'inconclusive', reasonCode: 'no_tests_ran' }
  if (ran === 0) return { verdict: 'inconclusive', reasonCode: 'no_tests_ran' }
  // Something of its process tree may still live and write in the checkout.
  if (error !== null) return { verdict: 'inconclusive', reasonCode: 'verification_inconclusive' }
  return { verdict: 'pass', reasonCode: null }
}

/**
 * Programs that look for the runner themselves and report its absence with a code of their own. Only as the last line:
 * in the middle of an output the same words may be anybody's.
 */
const MISSING_RUNNER: readonly RegExp[] = [
  /^\S{1,300}: No module named pytest$/, // python -m pytest: 1
  /^(?:g?make|\S{1,20}make)(?:\[\d+\])?: \*\*\* \[[^\]]{1,300}\] Error 12[67]$/, // make: 2
  /^.{0,3}ELIFECYCLE.{0,60}exit code 12[67]\.?$/, // older pnpm: 1
]

/** npm's own last words where it could not reach a registry: nothing of the repository's code said them. */
function wantsNetwork(output: string): boolean {
  const end = output.slice(-2_000)
  return /^npm (?:error|ERR!) code (?:EAI_AGAIN|ENOTFOUND|ENETUNREACH|ECONNREFUSED|ETIMEDOUT)$/m.test(end)
}

/** A target `test` beside a directory `test`, and no `.PHONY`: make sees a file that is there, runs nothing and is content. */
function didNothing(output: string): boolean {
  const last = output.slice(-1_000).trimEnd().split('\n').at(-1) ?? ''
  return /^(?:g?make|\S{1,20}make)(?:\[\d+\])?: (?:'[^']{1,200}' is up to date|Nothing to be done for '[^']{1,200}')\.$/.test(
    last,
  )
}

function runnerIsMissing(output: string): boolean {
  const last = output.slice(-1_000).trimEnd().split('\n').at(-1) ?? ''
  return MISSING_RUNNER.some((pattern) => pattern.test(last))
}
