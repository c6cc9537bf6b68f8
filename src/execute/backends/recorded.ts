import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordedBackendSettings } from '../../settings/settings.ts'
import { type Ending, JOB_TYPES, type RunResult } from '../../task/job.ts'
import type { BackendFactory, RunInput } from '../backend.ts'
import { blankResult, resultWithoutWork } from '../run-result.ts'
import { applyEdits } from './apply-edits.ts'
import { type Recording, type Round, readRecording, roundOf } from './recording.ts'

/**
 * Plays a recorded run of edits again: for the demo and for tests, through the same door as every other backend. It
 * starts no process; what it writes stays in the worktree by its own checks.
 */
export const recorded: BackendFactory<RecordedBackendSettings> = (name, settings) => {
  const file = resolve(settings.recording)
  return {
    name,
    type: settings.type,
    version: '1',
    capabilities: settings.capabilities,
    jobTypes: JOB_TYPES.filter((type) => type !== 'approval'),
    timeoutBehaviour: 'stops waiting; edits that were made stay',
    failureModes: ['the recording cannot be read', 'an edit would leave the worktree'],
    securityConstraints: ['writes regular files of the worktree only; follows no symbolic link; never touches .git'],
    probe: () =>
      readRecording(file).then(
        () => ({ available: true, version: '1' }),
        (error: unknown) => ({ available: false, reason: `${messageOf(error)}. Correct backends.${name}.recording` }),
      ),
    run: (input) => play(file, input),
  }
}

async function play(file: string, input: RunInput): Promise<RunResult> {
  const begun = performance.now()
  const facts = () => ({ isolation: 'in_process' as const, durationMs: Math.round(performance.now() - begun) })
  let recording: Recording
  try {
    recording = await readRecording(file)
  } catch (error) {
    return resultWithoutWork('unavailable', messageOf(error), facts())
  }
  try {
    const round = roundOf(recording, input.job.round)
    const cut = await wait(round.delayMs, input)
    if (cut !== null) return resultWithoutWork(cut, `the recorded run was stopped: ${cut}`, facts())
    await edit(round, input)
    input.emit({ type: 'message', text: round.say })
    const { tokensIn, tokensOut, costUsd, say } = round
    return { ...blankResult('completed', facts()), summary: say, log: say, tokensIn, tokensOut, costUsd }
  } catch (error) {
    return resultWithoutWork('failed', messageOf(error), facts())
  }
}

/** @returns what cut the waiting short, or null */
async function wait(
  delayMs: number,
  { signal, timeoutMs }: RunInput,
): Promise<Extract<Ending, 'cancelled' | 'timeout'> | null> {
  const tooLong = delayMs > timeoutMs
  try {
    await sleep(Math.min(delayMs, timeoutMs), undefined, { signal })
    return tooLong ? 'timeout' : null
  } catch {
    return 'cancelled'
  }
}

async function edit(round: Round, { workspace }: RunInput): Promise<void> {
  if (round.edits.length === 0) return
  if (workspace === null) throw new Error('playing recorded edits: this task has no worktree')
  await applyEdits(workspace.path, round.edits)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
