/** The rows of `emulate` {@link file://./emulator.ts}, as far as we read and write them. */
import type { Json } from './json.ts'

export interface Row {
  readonly id: number
  readonly created_at: string
  readonly updated_at: string
}
export interface Collection<R extends Row> {
  all(): R[]
  get(id: number): R | undefined
  findBy(field: keyof R & string, value: unknown): R[]
  findOneBy(field: keyof R & string, value: unknown): R | undefined
  insert(row: Omit<R, keyof Row>): R
  update(id: number, patch: Partial<R>): R | undefined
  delete(id: number): boolean
}

export interface UserRow extends Row {
  readonly login: string
  readonly node_id: string
  readonly type: 'User' | 'Bot' | 'Organization'
}
export interface RepositoryRow extends Row {
  readonly full_name: string
  readonly name: string
  readonly owner_id: number
  readonly private: boolean
  readonly archived: boolean
  readonly default_branch: string
  readonly pushed_at: string | null
}
export interface CollaboratorRow extends Row {
  readonly repo_id: number
  readonly user_id: number
  readonly permission: 'admin' | 'maintain' | 'push' | 'triage' | 'pull'
}
export interface IssueRow extends Row {
  readonly repo_id: number
  readonly number: number
  readonly user_id: number
  readonly title: string
  readonly body: string | null
  readonly state: 'open' | 'closed'
  readonly locked: boolean
  readonly is_pull_request: boolean
  readonly label_ids: readonly number[]
  readonly closed_at: string | null
  readonly closed_by_id: number | null
}
export interface PullRow extends Row {
  readonly repo_id: number
  readonly number: number
  readonly node_id: string
  readonly user_id: number
  readonly state: 'open' | 'closed'
  readonly draft: boolean
  readonly body: string | null
  readonly head_ref: string
  readonly head_sha: string
  readonly base_ref: string
  readonly base_sha: string
  readonly merged: boolean
  readonly merged_at: string | null
  readonly merged_by_id: number | null
  readonly merge_commit_sha: string | null
  readonly closed_at: string | null
  readonly mergeable: boolean
  readonly requested_reviewer_ids: readonly number[]
  readonly label_ids: readonly number[]
}
export interface LabelRow extends Row {
  readonly repo_id: number
  readonly name: string
}
export interface CommentRow extends Row {
  readonly repo_id: number
  readonly issue_number: number | null
  readonly pull_number: number | null
  readonly user_id: number
  readonly body: string
  readonly comment_type: 'issue' | 'review' | 'commit'
  readonly path: string | null
  readonly line: number | null
  readonly side: string | null
  readonly commit_sha: string | null
  readonly review_id: number | null
}
export interface CheckRunRow extends Row {
  readonly repo_id: number
  readonly node_id: string
  readonly head_sha: string
  readonly name: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: string | null
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly external_id: string
  readonly details_url: string | null
  readonly check_suite_id: number | null
  /** null = our App; the emulator leaves it so. */
  readonly app_id: number | null
  readonly actions: readonly { readonly id: string; readonly label: string; readonly description: string }[] | null
  readonly output: {
    readonly title: string | null
    readonly summary: string | null
    readonly text: string | null
    readonly annotations_count: number
    readonly annotations: readonly Json[]
  }
}
export interface CheckSuiteRow extends Row {
  readonly repo_id: number
  readonly node_id: string
  readonly head_branch: string
  readonly head_sha: string
  readonly status: 'queued' | 'in_progress' | 'completed'
  readonly conclusion: string | null
  readonly before: string
  readonly after: string
  readonly app_id: number | null
}
export interface RefRow extends Row {
  readonly repo_id: number
  readonly ref: string
  readonly sha: string
  readonly node_id: string
}
export interface BranchRow extends Row {
  readonly repo_id: number
  readonly name: string
  readonly sha: string
  readonly protected: boolean
}
export interface ProtectionRow extends Row {
  readonly repo_id: number
  readonly branch_name: string
  readonly required_status_checks: { readonly contexts: readonly string[] } | null
}
export interface BlobRow extends Row {
  readonly repo_id: number
  readonly sha: string
  readonly node_id: string
  readonly content: string
  readonly encoding: 'utf-8' | 'base64'
  readonly size: number
}
export interface TreeRow extends Row {
  readonly repo_id: number
  readonly sha: string
  readonly node_id: string
  readonly tree: readonly TreeEntry[]
  readonly truncated: boolean
}
export interface TreeEntry {
  readonly path: string
  readonly mode: string
  readonly type: 'blob' | 'tree' | 'commit'
  readonly sha: string
}
export interface CommitRow extends Row {
  readonly repo_id: number
  readonly sha: string
  readonly node_id: string
  readonly message: string
  readonly author_name: string
  readonly author_email: string
  readonly author_date: string
  readonly committer_name: string
  readonly committer_email: string
  readonly committer_date: string
  readonly tree_sha: string
  readonly parent_shas: readonly string[]
  readonly user_id: number | null
}
