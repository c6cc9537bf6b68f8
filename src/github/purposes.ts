/**
 * What each token may do: one line per purpose, and nothing asks GitHub for more (SPEC 6.6). Every token is narrowed to
 * one repository besides. app.yml grants exactly the union of these lines; a test compares them.
 *
 * Sources: the "permissions required" of GitHub's REST reference; for `ready` https://github.com/cli/cli/issues/6924.
 */
export const PURPOSES = {
  /** Clone; issues, comments, pull requests, a person's permission (metadata). */
  read: { metadata: 'read', contents: 'read', issues: 'read', pull_requests: 'read' },
  /**
   * What the repository's own CI says about a commit. Commit statuses and the logs of Actions are read for nothing else,
   * so they are kept apart from `read`: an owner who takes one of them away loses the evidence of CI, not the clone.
   */
  ci: { metadata: 'read', checks: 'read', statuses: 'read', actions: 'read' },
  /**
   * git push of a task's branch. The push of an open pull request's branch moves that pull request, and there are
   * servers that look whether the pusher may see it.
   */
  push: { metadata: 'read', contents: 'write', pull_requests: 'read' },
  /**
   * What is written where people talk: comments, reactions and labels; opening and editing a pull request, whose head is
   * looked at with `contents`; asking for a review. One token for these is one call less in every task.
   */
  thread: { metadata: 'read', contents: 'read', issues: 'write', pull_requests: 'write' },
  /** Turning a draft ready is a GraphQL mutation, and GitHub wants both for it. */
  ready: { metadata: 'read', contents: 'write', pull_requests: 'write' },
  /** Merging what was approved, where the settings say so. */
  merge: { metadata: 'read', contents: 'write', pull_requests: 'write' },
  checks: { metadata: 'read', checks: 'write' },
  /** One file of another repository: the owner's `.github`, which has the settings of all. */
  settings: { metadata: 'read', contents: 'read' },
} as const satisfies Record<string, Permissions>

export type Permissions = Readonly<Partial<Record<PermissionName, 'read' | 'write'>>>
type PermissionName = 'metadata' | 'contents' | 'issues' | 'pull_requests' | 'checks' | 'statuses' | 'actions'
export type Purpose = keyof typeof PURPOSES
