import type { Verb } from '../task/command.ts'
import type { ApprovalSource, Decision, Gate } from '../task/decision.ts'
import type { Evidence } from '../task/evidence.ts'
import type { Job } from '../task/job.ts'
import type { Plan } from '../task/plan.ts'
import type { ReasonCode } from '../task/reasons.ts'
import type { Classification, Task } from '../task/task.ts'

export interface DiffView {
  readonly files: readonly { readonly path: string; readonly added: number; readonly deleted: number }[]
  readonly added: number
  readonly deleted: number
  /** Paths under protection that the change touches. */
  readonly protectedPaths: readonly string[]
  /** The patch, shown only while a change is held before its push (at most 20 kB of it); untrusted. */
  readonly patch?: string | null
}

export interface ApprovalView {
  readonly gate: Gate
  readonly login: string
  readonly source: ApprovalSource
  readonly decision: 'approved' | 'rejected'
  readonly headSha: string | null
  readonly at: Date
}

/** All that the comment, the check run and the pull request are drawn from: stored rows, nothing invented (SPEC 10.1). */
export interface TaskView {
  readonly task: Task
  readonly plan: Plan | null
  /** Of the present round, in plan order. */
  readonly jobs: readonly Job[]
  /** Of the head commit (or, before a commit, of the latest verification). */
  readonly evidence: readonly Evidence[]
  readonly diff: DiffView | null
  readonly approvals: readonly ApprovalView[]
  readonly decisions: readonly Decision[]
  /** The agent's own last words; untrusted. */
  readonly agentSummary: string | null
  /** What a model has thought through for the plan that waits; the agent will read it. Untrusted. */
  readonly drafts?: readonly { readonly name: string; readonly text: string }[]
  /** Result of a task without code; untrusted. */
  readonly answer: string | null
  /** Things to tell besides the state: hidden text removed, a broken settings file, a clamped flag. */
  readonly notes: readonly {
    readonly reasonCode: ReasonCode | 'hidden_text_removed' | 'comments_left_out'
    readonly detail: string
  }[]
  readonly links: {
    readonly issue: string
    readonly pull: string | null
    readonly compare: string | null
    /** The task's page, where one is served. */
    readonly task: string | null
    /** The comment that asks a person now (SPEC 10.1); a reaction to it counts only where it is given. */
    readonly asking?: string | null
  }
  /** What the last transition said, for example the message of an operating failure; untrusted. */
  readonly detail?: string | null
  /** The last lines of what runs now; untrusted, redacted. */
  readonly logTail?: string | null
  /** Logins of those who are asked for a review; the requester where absent. */
  readonly reviewers?: readonly string[]
  /** Whether 👍 and 👎 on the asking comment are read; people are told of them only then. */
  readonly reactions?: boolean
  /** Whether a plain reply of the requester answers a clarification; people are told so only then. */
  readonly plainReplies?: boolean
  /** Who asked for changes that are worked on in the next round, oldest first. */
  readonly changesHeard?: readonly string[]
  /** The buttons of the check run that are obeyed; all of them where absent. */
  readonly buttons?: readonly ('approve' | 'retry' | 'discard')[]
  /** The commands that this version obeys; all of them where absent. Nothing else is offered to people. */
  readonly verbs?: readonly Verb[]
  /** What was approved is about to be merged by us. */
  readonly merging?: boolean
  /** The most that a person can give the task in the thread, in US dollars; absent = no limit is known. */
  readonly budgetCapUsd?: number
  readonly now: Date
}

/** A short answer that belongs to no task, or is not the living comment. Plain data: it is stored as JSON. */
export type Reply =
  | { readonly kind: 'help'; readonly verbs: readonly { readonly usage: string; readonly summary: string }[] }
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskLine[] }
  | {
      readonly kind: 'why'
      readonly taskId: string
      /** Of the present state. */
      readonly reasonCode?: string
      readonly classification?: Classification | null
      readonly decisions: readonly Decision[]
    }
  /** Something was done that the living comment does not show; `thread`: number of the issue or pull request to look at. */
  | { readonly kind: 'told'; readonly reasonCode: ReasonCode; readonly word?: string; readonly thread?: number }
  | {
      readonly kind: 'refusal'
      readonly reasonCode: ReasonCode
      readonly word: string
      readonly suggestions: readonly string[]
    }

/** What the list of tasks shows; a whole `Task` fits. */
export type TaskLine = Pick<Task, 'id' | 'issueNumber' | 'title' | 'state' | 'waitingOn' | 'requester'>
