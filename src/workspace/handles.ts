/** The bare mirror of one repository. Its branches are `refs/remotes/origin/*`; `refs/heads/*` are the tasks' own. */
export interface Mirror {
  readonly dir: string
}

/** One task's tree and branch. */
export interface Worktree {
  readonly mirror: Mirror
  readonly path: string
  readonly branch: string
  /** The task's id in lower case: name of the tree's directory. */
  readonly name: string
}
