import { noteTrouble, noteWell, type Trouble } from '../../store/breakers.ts'
import type { Ending, RunResult } from '../../task/job.ts'
import type { Corridor } from '../corridor.ts'

/** Endings that say something about the backend, and nothing about the task. */
const TROUBLES: Readonly<Partial<Record<Ending, Trouble>>> = {
  unavailable: 'unavailable',
  transient: 'down',
  quota_limit: 'quota',
}

/** Where the provider does not say when it has quota again: asked again after this long. */
const UNKNOWN_MS = 5 * 60_000
/** Never sooner (clocks differ), and never later than this: then it is asked again at least. */
const LEAST_MS = 1_000
const MOST_MS = 24 * 60 * 60_000

export interface Noted {
  readonly cause: Trouble
  /** Nobody asks it before; null = it may be asked again. */
  readonly until: Date | null
}

/** Writes down for all workers how the backend fared. @returns its trouble; null = what happened was not its fault */
export async function noteHowItFared({ db }: Corridor, backend: string, result: RunResult): Promise<Noted | null> {
  // Whoever stopped it has learned nothing about it.
  if (result.ended === 'cancelled') return null
  const cause = TROUBLES[result.ended]
  if (cause === undefined) {
    await noteWell(db, backend)
    return null
  }
  const error = result.errors.join('; ') || result.ended
  return { cause, until: await noteTrouble(db, backend, { cause, error, quotaMs: quotaPause(result.retryAt) }) }
}

/** How long a provider without quota is left alone, in milliseconds. @param retryAt what it told, if it did */
export function quotaPause(retryAt: string | Date | null): number {
  const told = retryAt === null ? UNKNOWN_MS : new Date(retryAt).getTime() - Date.now()
  return Math.min(Math.max(told, LEAST_MS), MOST_MS)
}
