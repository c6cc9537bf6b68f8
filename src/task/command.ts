import type { LineLocation } from './line-thread.ts'
import type { ReasonCode } from './reasons.ts'
import type { Actor, RepositoryRef, RequestFlags } from './task.ts'

export const VERBS = [
  'run',
  'plan',
  'approve',
  'reject',
  'clarify',
  'pause',
  'resume',
  'cancel',
  'retry',
  'status',
  'why',
  'budget',
  'tasks',
  'help',
] as const
export type Verb = (typeof VERBS)[number]

/** Where a command stands on GitHub; the reaction and the answer go there. */
export interface CommandPlace {
  readonly repository: RepositoryRef
  readonly issueNumber: number
  readonly isPullRequest: boolean
  /** Comment to react on, where there is one. */
  readonly commentId: number | null
  readonly commentKind: 'issue_comment' | 'review_comment' | 'review' | 'label' | 'check_run' | 'cli'
}

/** What the text said: a verb with its arguments, or why it is none. Parsing never throws. */
export type ParsedCommand =
  | {
      readonly kind: 'verb'
      readonly verb: Verb
      readonly argument: string
      readonly flags: RequestFlags
      /** How many hidden characters and comments were taken out of the argument; absent = none. */
      readonly hiddenRemoved?: number
    }
  | {
      readonly kind: 'mistake'
      readonly reasonCode: ReasonCode
      /** The word, flag or value that was not understood; untrusted, at most 80 characters. */
      readonly word: string
      /** What could have been meant, or what exists. */
      readonly suggestions: readonly string[]
    }

/** A command from the door: who said what, where, once. */
export interface Command {
  /** What makes it one command however often it is delivered: `comment:123`, `label:<delivery>`. */
  readonly sourceKey: string
  readonly place: CommandPlace
  readonly actor: Actor
  readonly parsed: ParsedCommand
  /** Title and body as the delivery carried them. */
  readonly title: string
  readonly body: string
  readonly issueAuthor: Actor
  readonly labels: readonly string[]
  /** The label that was put, where that is the command; `labels` are all that the thread has. */
  readonly label?: string
  /** When it was written on GitHub, ISO 8601. */
  readonly at: string
  readonly location: LineLocation | null
}

/** Things that happen on GitHub and concern a task, but are not commands: they come in by the same door. */
export type Happening =
  | {
      readonly kind: 'review_submitted'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly reviewId: number
      readonly verdict: 'approve' | 'request_changes' | 'comment'
      /** Untrusted, bounded. */
      readonly body: string
      readonly commitId: string
      readonly at: string
    }
  | {
      readonly kind: 'review_dismissed'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly reviewId: number
      readonly at: string
    }
  | {
      readonly kind: 'pull_request_closed'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly merged: boolean
      readonly at: string
    }
  | {
      /** A commit came onto the head branch of a pull request, whoever pushed it. */
      readonly kind: 'pull_request_synchronized'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly after: string
      readonly at: string
    }
  | {
      /** A pull request has a head that it did not have before: it was opened, or we pushed. */
      readonly kind: 'pull_request_head'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly headSha: string
    }
  | {
      /** A pull request leads to another branch, whoever did it: GitHub too, when the old base is merged and deleted. */
      readonly kind: 'pull_request_base_changed'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly at: string
    }
  | {
      /** Title or body of an issue, or of a pull request, were changed. Untrusted, bounded. */
      readonly kind: 'issue_edited'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly issueNumber: number
      readonly actor: Actor
      readonly title: string
      readonly body: string
      readonly at: string
    }
  | {
      /** A button of a check run; GitHub tells the App that made it. */
      readonly kind: 'check_action'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly actor: Actor
      readonly appId: number
      readonly headSha: string
      /** What the App called the run: a task's id, if it is ours. */
      readonly externalId: string
      readonly action: 'approve' | 'retry' | 'discard'
    }
  | {
      /** GitHub's own "Re-run" of one check run, or of all of a commit (then without `externalId`). */
      readonly kind: 'check_rerequested'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly actor: Actor
      readonly appId: number
      readonly headSha: string
      readonly externalId: string | null
    }
  | {
      /** A check run, a suite of them or a commit status of the repository's own CI has another result. */
      readonly kind: 'ci_changed'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly actor: Actor
      /** The App whose check it is; null where that is not told. */
      readonly appId: number | null
      readonly headSha: string
    }
  | {
      readonly kind: 'installation_changed'
      readonly sourceKey: string
      readonly installationId: number
      readonly account: Actor
      readonly change: 'created' | 'deleted' | 'suspended' | 'unsuspended' | 'repositories_changed'
      /** Ids of the repositories that were taken from the App, or given to it. */
      readonly repositoriesRemoved?: readonly number[]
      readonly repositoriesAdded?: readonly number[]
      readonly at: string
    }
  | PlainReply
  | ThreadChange
  | {
      readonly kind: 'pull_request_reopened'
      readonly sourceKey: string
      readonly repository: RepositoryRef
      readonly pullNumber: number
      readonly actor: Actor
      readonly headSha: string
      readonly at: string
    }
  | BranchChange
  | RepositoryChange

/** A comment that is no command: it answers the questions of a task that waits for its author, and is nothing else. */
export interface PlainReply {
  readonly kind: 'plain_reply'
  readonly sourceKey: string
  readonly repository: RepositoryRef
  readonly issueNumber: number
  readonly commentId: number
  readonly actor: Actor
  /** Untrusted, bounded, without what it quotes. */
  readonly body: string
  readonly at: string
}

/** What became of an issue, or of the conversation of a pull request. */
export interface ThreadChange {
  readonly kind: 'thread_changed'
  readonly sourceKey: string
  readonly repository: RepositoryRef
  readonly issueNumber: number
  readonly actor: Actor
  readonly change: 'closed' | 'deleted' | 'transferred' | 'unlocked'
  /** Closed because nobody wants it, and not because it is done. */
  readonly notPlanned: boolean
  readonly at: string
}

/** A branch has another commit, or none any more. */
export interface BranchChange {
  readonly kind: 'branch_changed'
  readonly sourceKey: string
  readonly repository: RepositoryRef
  readonly branch: string
  readonly deleted: boolean
  readonly actor: Actor
}

export interface RepositoryChange {
  readonly kind: 'repository_changed'
  readonly sourceKey: string
  /** As it is now. */
  readonly repository: RepositoryRef
  readonly change: 'described' | 'archived' | 'unarchived' | 'deleted'
  readonly actor: Actor
}

/** What one delivery amounts to. */
export type Intake =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'happening'; readonly happening: Happening }
  | { readonly kind: 'ignored'; readonly reasonCode: ReasonCode }
