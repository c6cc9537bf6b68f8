import { jobsOf } from '../store/jobs.ts'
import type { StoredTask } from '../store/tasks.ts'
import type { Corridor } from './corridor.ts'

/** The head stands on GitHub already: a foreign commit, or one of ours that is verified once more. */
export const isPushed = ({ headSha, pushedSha }: StoredTask): boolean => headSha !== null && headSha === pushedSha

/**
 * No agent works in this round: what GitHub has is verified, because somebody pushed it or wants it verified again. There
 * is nothing to repair unasked, nothing to hold back, and a failure does not end what a person has just put a hand to.
 */
export async function isVerificationOnly({ db }: Corridor, task: StoredTask): Promise<boolean> {
  return isPushed(task) && (await jobsOf(db, task.id, task.round)).length === 0
}
