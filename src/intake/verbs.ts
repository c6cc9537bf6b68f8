import { parseMoney } from '../settings/units.ts'
import type { Verb } from '../task/command.ts'
import { FLAG_TABLE } from './flags.ts'

export interface VerbRow {
  /** What to type, without the leading `/supervise`. */
  readonly usage: string
  readonly summary: string
  /** Permission of the sender (SPEC 1.6); write includes triage. */
  readonly needs: 'write' | 'triage'
  readonly argument: 'none' | 'optional' | 'required'
  /** Whether it is about the thread's open task. */
  readonly onTask: boolean
  /** What may follow the verb; if something else does, the whole may have been a request (SPEC 1.2). */
  readonly takes: 'nothing' | 'text' | 'commit' | 'amount'
}

/** Every verb there is: the parser, the permission check and the help are all made from this table. */
export const VERB_TABLE = {
  run: {
    usage: 'run <request>',
    summary: 'starts a task; the word run may be left out, and without a request the issue is the request',
    needs: 'write',
    argument: 'optional',
    onTask: false,
    takes: 'text',
  },
  plan: {
    usage: 'plan <request>',
    summary: 'makes the plan and stops there',
    needs: 'write',
    argument: 'optional',
    onTask: false,
    takes: 'text',
  },
  approve: {
    usage: 'approve [commit]',
    summary: 'approves what the task asks approval for',
    needs: 'write',
    argument: 'optional',
    onTask: true,
    takes: 'commit',
  },
  reject: {
    usage: 'reject [what to change]',
    summary: 'sends the plan back with what to change, or ends the task without it',
    needs: 'write',
    argument: 'optional',
    onTask: true,
    takes: 'text',
  },
  clarify: {
    usage: 'clarify <answer>',
    summary: 'answers the questions of the task',
    needs: 'write',
    argument: 'required',
    onTask: true,
    takes: 'text',
  },
  pause: {
    usage: 'pause',
    summary: 'stops the work and keeps it',
    needs: 'write',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  resume: {
    usage: 'resume',
    summary: 'goes on after a pause',
    needs: 'write',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  cancel: {
    usage: 'cancel',
    summary: 'ends the task',
    needs: 'write',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  retry: {
    usage: 'retry',
    summary: 'starts a new task on the branch of one that ended',
    needs: 'write',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  status: {
    usage: 'status',
    summary: 'tells where the task is',
    needs: 'triage',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  why: {
    usage: 'why',
    summary: 'shows the decisions and their reasons',
    needs: 'triage',
    argument: 'none',
    onTask: true,
    takes: 'nothing',
  },
  budget: {
    usage: 'budget <amount>',
    summary: 'sets the budget of the task, for example 10usd',
    needs: 'write',
    argument: 'required',
    onTask: true,
    takes: 'amount',
  },
  tasks: {
    usage: 'tasks',
    summary: 'lists the open tasks',
    needs: 'write',
    argument: 'none',
    onTask: false,
    takes: 'nothing',
  },
  help: {
    usage: 'help',
    summary: 'shows this list',
    needs: 'triage',
    argument: 'none',
    onTask: false,
    takes: 'nothing',
  },
} as const satisfies Record<Verb, VerbRow>

/** Verbs that have a short form (`/approve`) where a repository switched them on (SPEC 1.2). */
export const ALIASES = ['tasks', 'resume', 'cancel', 'approve', 'clarify'] as const satisfies readonly Verb[]

/** What `help` shows: each verb and flag as it is typed, and what it does. */
export function helpRows(): readonly { readonly usage: string; readonly summary: string }[] {
  const verbs = Object.values(VERB_TABLE).map(({ usage, summary }) => ({ usage: `/supervise ${usage}`, summary }))
  return [...verbs, ...[...FLAG_TABLE.values()].map(({ usage, summary }) => ({ usage, summary }))]
}

/** Whether `argument` (trimmed) is what the verb takes. An empty one is, where the verb can do without. */
export function fits(verb: Verb, argument: string): boolean {
  const row: VerbRow = VERB_TABLE[verb]
  if (argument === '') return row.argument !== 'required'
  switch (row.takes) {
    case 'nothing':
      return false
    case 'text':
      return true
    case 'commit':
      return /^[0-9a-f]{7,40}$/i.test(argument)
    case 'amount':
      return (parseMoney(argument) ?? 0) > 0
  }
}
