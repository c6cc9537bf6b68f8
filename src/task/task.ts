import type { Capability } from './capability.ts'
import type { State } from './states.ts'

export const TASK_TYPES = [
  'code_change',
  'bug_fix',
  'refactor',
  'research',
  'writing',
  'ops_automation',
  'workflow_automation',
  'data_transformation',
  'decision_support',
  'general_assistant',
  'unknown',
] as const
export type TaskType = (typeof TASK_TYPES)[number]

/** Types whose result is a commit: they get a worktree, and "no change" is a failure (SPEC 7.4, 9.3). */
export const CODE_TYPES = [
  'code_change',
  'bug_fix',
  'refactor',
  'workflow_automation',
] as const satisfies readonly TaskType[]
export const isCodeType = (type: TaskType): boolean => (CODE_TYPES as readonly TaskType[]).includes(type)

/** Ordered: a later one is riskier. */
export const RISKS = ['low', 'medium', 'high'] as const
export type Risk = (typeof RISKS)[number]

/** Ordered: a later one is stricter. */
export const MODES = ['fast', 'standard', 'rigorous'] as const
export type Mode = (typeof MODES)[number]

export const COMPLEXITIES = ['small', 'medium', 'large'] as const
export type Complexity = (typeof COMPLEXITIES)[number]

export const WORKFLOWS = ['coding', 'research', 'writing', 'ops', 'general'] as const
export type Workflow = (typeof WORKFLOWS)[number]

export const WAITING_ON = ['clarification', 'approval', 'review', 'ci', 'quota', 'budget', 'capacity', 'retry'] as const
export type WaitingOn = (typeof WAITING_ON)[number]

/** What became of the result on GitHub: a column, not a state; a merge or close sets it, also later (SPEC 2.4). */
export const OUTCOMES = ['pending', 'accepted', 'rejected'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The whole verdict of a verification (SPEC 9.3). `held` = only an approval can let it out. */
export const VERDICTS = ['pass', 'fail', 'inconclusive'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A GitHub account as a payload names it. The id is the identity; a login can be given to somebody else. */
export interface Actor {
  readonly id: number
  readonly login: string
  readonly type: 'User' | 'Bot' | 'Organization'
}

export interface RepositoryRef {
  readonly id: number
  readonly installationId: number
  readonly owner: string
  readonly name: string
  readonly private: boolean
  readonly defaultBranch: string
}

/** A reason for a classification: the named signal, the words that set it off, and what it adds. */
export interface Signal {
  readonly name: string
  /** At most 80 characters of the text that matched; untrusted. */
  readonly matched: string
  /** In words of the classifier, for example `type bug_fix +3`, `risk high`. */
  readonly effect: string
}

/** One of several tasks that a request holds. */
export interface TaskPart {
  /** At most 200 characters of the request; untrusted. */
  readonly title: string
  readonly type: TaskType
}

export interface Classification {
  readonly type: TaskType
  readonly risk: Risk
  readonly complexity: Complexity
  readonly mode: Mode
  readonly workflow: Workflow
  readonly capabilities: readonly Capability[]
  /** 0…1. Below the policy's threshold the task asks instead of guessing. */
  readonly confidence: number
  /** The type that almost as much speaks for; absent where there is none. It is what a question asks about. */
  readonly rival?: TaskType
  /** The tasks of different kinds that the request holds, in its order; absent where it is one. */
  readonly several?: readonly TaskPart[]
  /** A result in words that is wanted as a file of the repository, in a pull request; absent = it is shown in the thread. */
  readonly delivery?: {
    /** The path that was asked for, checked by form (classify/delivery.ts); null = the plan names one. */
    readonly path: string | null
  }
  readonly signals: readonly Signal[]
  /** Name of the skill pack that took part, or null. */
  readonly skill: string | null
}

/** Flags of a request (SPEC 1.3), parsed and bounded. Absent = not given. */
export interface RequestFlags {
  readonly mode?: Mode
  readonly backend?: string
  readonly skill?: string
  readonly base?: string
  readonly budgetUsd?: number
  readonly timeoutMs?: number
  readonly task?: string
  readonly new?: boolean
}

/** The task's row as rooms and the corridor see it. */
export interface Task {
  readonly id: string
  readonly repository: RepositoryRef
  /** The issue or pull request where the task was asked for. */
  readonly issueNumber: number
  readonly isPullRequest: boolean
  readonly title: string
  readonly request: string
  readonly flags: RequestFlags
  readonly requester: Actor
  readonly snapshotHash: string | null
  readonly classification: Classification | null
  readonly planHash: string | null
  readonly baseBranch: string
  readonly baseSha: string | null
  readonly branch: string | null
  readonly headSha: string | null
  readonly pullNumber: number | null
  readonly verdict: Verdict | null
  readonly state: State
  readonly pausedFrom: State | null
  readonly waitingOn: WaitingOn | null
  readonly waitingUntil: Date | null
  /** Reason code of the last transition: why it rests or ended. */
  readonly reasonCode: string
  readonly outcome: Outcome
  readonly version: number
  readonly repairs: number
  readonly followUps: number
  readonly retries: number
  readonly budgetUsd: number
  readonly spentUsd: number
  readonly createdAt: Date
  readonly updatedAt: Date
}
