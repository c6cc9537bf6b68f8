/**
 * The life of a task: STATE × EVENT → STATE, all of it in this one table (SPEC 2.4, 2.8).
 *
 * Invariant: what is not in the table cannot happen. `store/advance.ts` refuses it, and so does the database, whose
 * `allowed_transitions` rows are compared with this table by a test. The diagram in the README is drawn from it too.
 */
export const STATES = [
  'INTAKE',
  'CLASSIFY',
  'ROUTE',
  'CLARIFY',
  'PLAN',
  'PREPARE_WORKSPACE',
  'EXECUTE',
  'REVIEW',
  'VERIFY',
  'REPORT',
  'ARCHIVE',
  'PAUSED',
  'FAILED',
  'CANCELLED',
  'DONE',
] as const

export type State = (typeof STATES)[number]

export const FINAL_STATES = ['DONE', 'FAILED', 'CANCELLED'] as const satisfies readonly State[]
export type FinalState = (typeof FINAL_STATES)[number]

/** States that a worker steps through. PAUSED is open too, but it has no step: only a command leaves it. */
export type SteppedState = Exclude<State, FinalState | 'PAUSED'>
export const STEPPED_STATES = STATES.filter((s): s is SteppedState => !isFinal(s) && s !== 'PAUSED')

/**
 * What every open state can do: people may merge the pull request at any time, too. `postponed` and `woke` are the two
 * ends of a rest that has no event of its own (back-off after an operating failure): the state stays, only `waitingOn`
 * changes, and the audit trail shows it.
 */
const ANYTIME = { pause: 'PAUSED', cancel: 'CANCELLED', error: 'FAILED', merged: 'ARCHIVE' } as const
const RESTS = { postponed: 'SAME', woke: 'SAME' } as const

/** `SAME` is a self-transition, `STORED` the state that a pause left (kept in the task's row). */
export const TRANSITIONS = {
  INTAKE: { accepted: 'CLASSIFY', ...RESTS, ...ANYTIME },
  CLASSIFY: { classified: 'ROUTE', text_changed: 'SAME', ...RESTS, ...ANYTIME },
  ROUTE: { admitted: 'PLAN', unclear: 'CLARIFY', refused: 'CANCELLED', text_changed: 'CLASSIFY', ...RESTS, ...ANYTIME },
  CLARIFY: {
    asked: 'SAME',
    answered: 'CLASSIFY',
    text_changed: 'CLASSIFY',
    expired: 'CANCELLED',
    ...RESTS,
    ...ANYTIME,
  },
  PLAN: {
    asked: 'SAME',
    approved: 'PREPARE_WORKSPACE',
    approved_without_code: 'EXECUTE',
    revised: 'SAME',
    text_changed: 'CLASSIFY',
    rejected: 'CANCELLED',
    refused: 'CANCELLED',
    expired: 'CANCELLED',
    ...RESTS,
    ...ANYTIME,
  },
  PREPARE_WORKSPACE: { ready: 'EXECUTE', ...RESTS, ...ANYTIME },
  EXECUTE: {
    executed: 'VERIFY',
    executed_for_review: 'REVIEW',
    limited: 'SAME',
    expired: 'CANCELLED',
    ...RESTS,
    ...ANYTIME,
  },
  REVIEW: { passed: 'VERIFY', changes_wanted: 'EXECUTE', ...RESTS, ...ANYTIME },
  VERIFY: {
    asked: 'SAME',
    repairable: 'EXECUTE',
    head_moved: 'SAME',
    base_changed: 'SAME',
    judged: 'REPORT',
    held_for_good: 'FAILED',
    rejected: 'CANCELLED',
    expired: 'CANCELLED',
    ...RESTS,
    ...ANYTIME,
  },
  REPORT: {
    published: 'SAME',
    ci_red: 'EXECUTE',
    changes_heard: 'SAME',
    changes_requested: 'EXECUTE',
    head_moved: 'VERIFY',
    base_changed: 'VERIFY',
    verify_again: 'VERIFY',
    approved: 'ARCHIVE',
    nothing_to_approve: 'ARCHIVE',
    closed: 'CANCELLED',
    failed_for_good: 'FAILED',
    ...RESTS,
    ...ANYTIME,
  },
  ARCHIVE: { archived: 'DONE', ...RESTS, ...ANYTIME },
  PAUSED: { resume: 'STORED', cancel: 'CANCELLED', error: 'FAILED', merged: 'ARCHIVE' },
  FAILED: {},
  CANCELLED: {},
  DONE: {},
} as const satisfies Record<State, Readonly<Record<string, State | 'SAME' | 'STORED'>>>

type EventsOf<S extends State> = S extends State ? keyof (typeof TRANSITIONS)[S] : never
export type Event = EventsOf<State>

/**
 * The state that follows, or null where the table has no such row.
 * @param stored the state that a pause left; needed for `resume` only
 */
export function nextState(from: State, event: string, stored: State | null = null): State | null {
  const row: Readonly<Record<string, State | 'SAME' | 'STORED'>> = TRANSITIONS[from]
  const to = Object.hasOwn(row, event) ? row[event] : undefined
  if (to === undefined) return null
  if (to === 'SAME') return from
  if (to === 'STORED') return stored !== null && isStepped(stored) ? stored : null
  return to
}

/** Every (from, event, to) that the table allows: what the database's `allowed_transitions` must hold. */
export function allowedTransitions(): { from: State; event: string; to: State }[] {
  return STATES.flatMap((from) =>
    Object.entries(TRANSITIONS[from]).flatMap(([event, to]) => {
      if (to === 'SAME') return [{ from, event, to: from }]
      if (to === 'STORED') return STEPPED_STATES.map((stored) => ({ from, event, to: stored as State }))
      return [{ from, event, to: to as State }]
    }),
  )
}

export function isFinal(state: State): state is FinalState {
  return (FINAL_STATES as readonly State[]).includes(state)
}

export function isStepped(state: State): state is SteppedState {
  return !isFinal(state) && state !== 'PAUSED'
}
