import { isFinal } from './states.ts'
import type { Task } from './task.ts'

/** What a thread shows of its task where the settings say `labels: { states: true }`. Nobody commands by them. */
export const STATE_LABELS = {
  'supervisor:working': { color: '1d76db', description: 'The supervisor is at work here' },
  'supervisor:waiting': { color: 'fbca04', description: 'The supervisor waits for a person here' },
  'supervisor:done': { color: '0e8a16', description: 'The supervisor is done here' },
  'supervisor:failed': { color: 'b60205', description: 'The supervisor has failed here' },
} as const
export type StateLabel = keyof typeof STATE_LABELS

/** GitHub's labels ignore case. */
export const isStateLabel = (name: string): boolean => Object.hasOwn(STATE_LABELS, name.toLowerCase())

/**
 * The one label of a thread: what is open comes before what has ended, and what waits for people before what goes on.
 * @param tasks of the thread, oldest first; @returns null = none: nothing was done there, or what was begun was stopped
 */
export function stateLabelOf(tasks: readonly Pick<Task, 'state' | 'waitingOn'>[]): StateLabel | null {
  const open = tasks.filter(({ state }) => !isFinal(state))
  if (open.some(waitsForPeople)) return 'supervisor:waiting'
  if (open.length > 0) return 'supervisor:working'
  const last = tasks.at(-1)?.state
  if (last === 'DONE') return 'supervisor:done'
  return last === 'FAILED' ? 'supervisor:failed' : null
}

const BY_PEOPLE: ReadonlySet<Task['waitingOn']> = new Set(['clarification', 'approval', 'review', 'budget'])

const waitsForPeople = ({ state, waitingOn }: Pick<Task, 'state' | 'waitingOn'>): boolean =>
  state === 'PAUSED' || BY_PEOPLE.has(waitingOn)
