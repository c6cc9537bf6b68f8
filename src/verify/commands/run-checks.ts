import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { probeSandbox } from '../../process/sandbox.ts'
import type { Evidence, EvidenceVerdict } from '../../task/evidence.ts'
import type { VerificationPlan, VerifyCommand } from '../../task/plan.ts'
import type { ReasonCode } from '../../task/reasons.ts'
import type { TestRun } from '../counts/test-run.ts'
import { notRun } from '../not-run.ts'
import { hostsFor } from '../registries.ts'
import { excerptOf } from './clean-output.ts'
import { type CheckOutput, type CommandStep, runCommand, type Surroundings } from './run-command.ts'

export type { CheckOutput } from './run-command.ts'

export interface CheckInput extends Surroundings {
  readonly verification: VerificationPlan
  /** Hosts that setup and the commands may reach, as the operator lists them; absent = none. */
  readonly network?: { readonly setup: readonly string[]; readonly verify: readonly string[] }
  readonly onProgress?: (progress: CheckProgress) => void
}

export interface CheckProgress {
  readonly criterion: string
  readonly command: string
  /** null when it starts. */
  readonly verdict: EvidenceVerdict | null
}

export interface CheckResult {
  readonly evidence: Evidence[]
  /** Whole outputs, for storing: each piece of evidence names one by its hash. */
  readonly outputs: CheckOutput[]
  /** What the output of each command that was run says of its tests, by the command's name. */
  readonly runs: ReadonlyMap<string, TestRun>
}

/**
 * Runs setup, then each verification command, in a fresh checkout, and says what was seen (SPEC 9.1, 9.2).
 *
 * Every command leaves a piece of evidence, whether it ran or not. Setup is no criterion itself (that dependencies
 * install proves nothing about the change), but without it no command is run, and none of them can be green. One
 * command at a time; each one's process tree is gone before the next begins.
 *
 * @throws OperatingError of class `cancelled` when the signal ends it; a run that was cut short is no evidence at all
 */
export async function runChecks(input: CheckInput): Promise<CheckResult> {
  const { commands } = input.verification
  if (commands.length === 0) {
    const nothing = notRun('Verification', 'exit_code', 'no_verify_command', input.commit)
    return { evidence: [{ ...nothing, required: true }], outputs: [], runs: new Map() }
  }
  const sandbox = input.sandbox === 'required' ? await probeSandbox() : null
  if (sandbox?.available !== false) return inPrivateHome(input.scratchDir, (home) => runAll(input, home))
  const evidence = commands.map((command): Evidence => {
    const one = untouched(input.commit, command, 'sandbox_unavailable')
    return { ...one, verdict: 'inconclusive', excerpt: excerptOf(sandbox.reason) }
  })
  return { evidence, outputs: [], runs: new Map() }
}

async function runAll(input: CheckInput, home: string): Promise<CheckResult> {
  const { setup, setupTimeoutMs, commands } = input.verification
  const evidence: Evidence[] = []
  const outputs: CheckOutput[] = []
  const runs = new Map<string, TestRun>()
  const run = async (step: Omit<CommandStep, 'number'>, judged: (seen: Evidence) => Evidence): Promise<Evidence> => {
    const { criterion, command } = step
    input.onProgress?.({ criterion, command, verdict: null })
    const { seen, output, run: tests } = await runCommand(input, home, { ...step, number: outputs.length + 1 })
    const one = judged(seen)
    outputs.push(output)
    runs.set(criterion, tests)
    evidence.push(one)
    input.onProgress?.({ criterion, command, verdict: one.verdict })
    return one
  }
  if (setup !== null) {
    const hosts = await hostsFor(input.network?.setup ?? [], setup)
    const step = { criterion: 'Setup', command: setup, required: false, timeoutMs: setupTimeoutMs, hosts }
    const { verdict } = await run(step, asSetup)
    if (verdict !== 'pass') {
      evidence.push(...commands.map((command) => untouched(input.commit, command, 'setup_failed')))
      return { evidence, outputs, runs }
    }
  }
  for (const { name, run: command, timeoutMs, required } of commands) {
    const hosts = await hostsFor(input.network?.verify ?? [], command)
    await run({ criterion: name, command, required, timeoutMs, hosts }, (seen) => seen)
  }
  return { evidence, outputs, runs }
}

/** A setup that did not end well has failed, whatever its end was; only a broken box keeps its own name. */
function asSetup(seen: Evidence): Evidence {
  const setup = { ...seen, kind: 'exit_code', counts: null } as const
  if (seen.exitCode === 0) return { ...setup, verdict: 'pass', reasonCode: null }
  const reasonCode = seen.reasonCode === 'sandbox_unavailable' ? seen.reasonCode : 'setup_failed'
  return { ...setup, verdict: 'fail', reasonCode }
}

/** A command that was not started. */
function untouched(commit: string, { name, run, required }: VerifyCommand, reasonCode: ReasonCode): Evidence {
  return { ...notRun(name, 'exit_code', reasonCode, commit), command: run, required }
}

async function inPrivateHome<T>(scratchDir: string, use: (home: string) => Promise<T>): Promise<T> {
  await mkdir(scratchDir, { recursive: true, mode: 0o700 })
  const home = await mkdtemp(join(scratchDir, 'verify-home-'))
  try {
    await mkdir(join(home, 'tmp'))
    return await use(home)
  } finally {
    // What a test made read-only may resist; it lies in the scratch directory, which its owner removes.
    await rm(home, { recursive: true, force: true }).catch(() => undefined)
  }
}
