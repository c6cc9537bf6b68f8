import { stripVTControlCharacters } from 'node:util'
import { tailOf } from '../process/capture.ts'
import type { ProcessEnding, ProcessResult } from '../process/run.ts'
import type { Ending, Isolation, RunResult } from '../task/job.ts'

const SUMMARY_BYTES = 16_000
const ERROR_BYTES = 2_000

/** The result of a program whose exit code is all that it tells about its success: last words are the summary. */
export function resultOfProcess(result: ProcessResult): RunResult {
  const ended = result.ended === 'exited' && result.exitCode === 0 ? 'completed' : ENDINGS[result.ended]
  const { isolation, durationMs } = result
  return {
    ...blankResult(ended, { isolation, durationMs }),
    summary: lastBytes(result.stdout, SUMMARY_BYTES),
    errors: ended === 'completed' ? [] : errorsOf(result),
    exitCode: result.exitCode,
    log: storable(result.output),
  }
}

/** The result of a run that did no work, for example because there is no sandbox. */
export function resultWithoutWork(ended: Exclude<Ending, 'completed'>, error: string, facts: RunFacts): RunResult {
  return { ...blankResult(ended, facts), errors: [error] }
}

export interface RunFacts {
  readonly isolation: Isolation
  readonly durationMs: number
}

/** A result in which nothing is claimed yet. */
export function blankResult(ended: Ending, facts: RunFacts): RunResult {
  return {
    ended,
    summary: '',
    errors: [],
    nextStep: null,
    exitCode: null,
    tokensIn: 0,
    tokensOut: 0,
    costUsd: null,
    sessionId: null,
    retryAt: null,
    log: '',
    ...facts,
  }
}

const ENDINGS: Record<ProcessEnding, Ending> = {
  exited: 'failed',
  signalled: 'failed',
  timeout: 'timeout',
  stalled: 'stalled',
  output_limit: 'output_limit',
  memory_limit: 'failed',
  aborted: 'cancelled',
  not_started: 'unavailable',
}

function errorsOf(result: ProcessResult): string[] {
  const said = lastBytes(result.stderr, ERROR_BYTES)
  return [CAUSES[result.ended](result), result.error, said].filter(
    (text): text is string => text !== null && text !== '',
  )
}

const SIGKILL_EXIT = 128 + 9

const CAUSES: Record<ProcessEnding, (result: ProcessResult) => string | null> = {
  exited: ({ exitCode }) =>
    exitCode === SIGKILL_EXIT ? `exit code ${exitCode}: killed, perhaps for want of memory` : `exit code ${exitCode}`,
  signalled: ({ signal }) => `ended by ${signal}`,
  timeout: ({ durationMs }) => `stopped after ${seconds(durationMs)}: its time was over`,
  stalled: ({ durationMs }) => `stopped after ${seconds(durationMs)}: it had printed nothing for too long`,
  output_limit: () => 'stopped: it printed too much',
  memory_limit: () => null,
  aborted: () => null,
  not_started: () => null,
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
/** Postgres keeps no NUL in text. */
export const storable = (text: string): string => text.replaceAll('\0', '\u{fffd}')

/** For people: without the colours of a terminal. */
const lastBytes = (text: string, bytes: number): string =>
  tailOf(Buffer.from(storable(stripVTControlCharacters(text)).trim()), bytes)
    .toString('utf8')
    .trim()
