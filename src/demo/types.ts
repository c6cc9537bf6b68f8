import type { Json } from './json.ts'

/** What a person may do in a repository; null is a stranger. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read'
export type Permissions = Readonly<Record<string, string>>

export interface Manifest {
  readonly permissions: Permissions
  readonly events: readonly string[]
}

export interface LoopbackOptions {
  /** Existing directory for the bare repositories; the caller removes it. */
  readonly dir: string
  /** Where signed webhooks go; null until `webhookUrl` is set. */
  readonly webhookUrl: string | null
  readonly people?: Readonly<Record<string, Role | null>>
  /** Account that owns repositories and installation; default `acme`. */
  readonly owner?: string
  /** What the App may do and hears of: the two lists of app.yml. */
  readonly manifest: Manifest
  /** Problems of one request, stored with it; see test/support/openapi.ts. */
  readonly check?: RequestCheck
  /** Default: a free one. */
  readonly port?: number
}
export type RequestCheck = (method: string, path: string, body: unknown, search: string) => string[]

export type CallerKind = 'app' | 'installation' | 'user' | 'anonymous' | 'unknown'

export interface RecordedRequest {
  readonly at: number
  readonly method: string
  /** Without `/api/v3`, as it was sent (still percent-encoded). */
  readonly path: string
  readonly search: string
  /** Text of a REST body; only the size of a git body. */
  readonly body: string
  readonly caller: CallerKind
  /** Of the installation token; null for other callers. */
  readonly permissions: Permissions | null
  /** Full names; null = all of the installation, or no installation token. */
  readonly repositories: readonly string[] | null
  readonly git: boolean
  /** What GitHub's description of its API says against the request. */
  readonly problems: readonly string[]
  /** 0 until it is answered, and when the connection was cut. */
  status: number
  /** Size of the answer's body, before compression. */
  answerBytes: number
  fault: FaultKind | null
}

type FaultKind = 'delay' | 'error' | 'error-after-write' | 'rate-limit'

export interface Fault {
  /** Against `METHOD /path`. */
  readonly match: RegExp
  readonly kind: FaultKind
  /** Default 502, or 403 for a rate limit. 0 cuts the connection without an answer. */
  readonly status?: number
  /** How many more requests it hits. */
  times: number
  readonly delayMs?: number
  /**
   * Seconds. A rate limit with it is a secondary one, with null one that does not say how long; without it the primary
   * limit is used up for a minute.
   */
  readonly retryAfter?: number | null
}

export interface DeliveryRecord {
  readonly id: number
  readonly guid: string
  readonly event: string
  readonly action: string | null
  /** The bytes that were signed. */
  readonly body: string
  readonly redelivery: boolean
  readonly deliveredAt: number
  /** As GitHub words it; `pending` while under way. */
  status: string
  statusCode: number
  durationMs: number
  /** Status of every copy that was sent; 0 = no answer. */
  codes: number[]
}

interface ReviewInput {
  readonly event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
  readonly body?: string
  readonly comments?: readonly { readonly path: string; readonly line: number; readonly body: string }[]
  /** Default: the present head. */
  readonly commitId?: string
}

export type FileChange = string | null | { readonly content: string; readonly mode: '100644' | '100755' | '120000' }

export interface PushInput {
  readonly repo: string
  readonly branch: string
  /** Branch or commit that the new commit stands on; default the branch itself. */
  readonly from?: string
  /** Path → content; null deletes. */
  readonly files: Readonly<Record<string, FileChange>>
  readonly message?: string
}

/** A person's own calls: neither recorded as requests nor hit by faults. They throw {@link ApiFailure} when refused. */
export interface Person {
  issue(repo: string, title: string, body?: string): Promise<IssueJson>
  comment(repo: string, number: number, body: string): Promise<CommentJson>
  editComment(repo: string, commentId: number, body: string): Promise<CommentJson>
  label(repo: string, number: number, name: string): Promise<void>
  review(repo: string, number: number, input: ReviewInput): Promise<ReviewJson>
  dismissReview(repo: string, number: number, reviewId: number, message: string): Promise<void>
  react(repo: string, commentId: number, content: string): Promise<ReactionJson>
  merge(repo: string, number: number): Promise<Json>
  closePull(repo: string, number: number): Promise<void>
  /** One commit; gives its SHA. */
  push(input: PushInput): Promise<string>
  deleteBranch(repo: string, branch: string): Promise<void>
  /** A button of a check run. */
  pressButton(repo: string, checkRunId: number, identifier: string): Promise<void>
  /** "Re-run" of one check run, or with `suite` "Re-run all checks". */
  rerun(repo: string, checkRunId: number, what?: 'run' | 'suite'): Promise<void>
  api(method: string, path: string, body?: unknown): Promise<unknown>
}

/** What stands on GitHub now, read as the owner. */
export interface View {
  comments(repo: string, number: number): Promise<CommentJson[]>
  issue(repo: string, number: number): Promise<IssueJson>
  pulls(repo: string): Promise<PullJson[]>
  pull(repo: string, number: number): Promise<PullJson>
  checkRuns(repo: string, sha: string): Promise<CheckRunJson[]>
  reactions(repo: string, commentId: number): Promise<ReactionJson[]>
  labels(repo: string, number: number): Promise<string[]>
  branches(repo: string): Promise<string[]>
  show(repo: string, ref: string, path: string): Promise<string>
  git(repo: string, ...args: string[]): Promise<string>
}

export interface SeedInput {
  readonly name: string
  /** Of the first commit; or the git directory of a repository whose `HEAD` becomes `main`, history and all. */
  readonly files: Readonly<Record<string, FileChange>> | { readonly gitDir: string }
  /** Default true. */
  readonly private?: boolean
  /** Default: the `people` of the start. */
  readonly collaborators?: Readonly<Record<string, Role | null>>
  /** false = a plan without draft pull requests. */
  readonly drafts?: boolean
}

/** A check run of another App, as GitHub Actions would make it. */
export interface CiInput {
  readonly sha: string
  readonly name: string
  readonly conclusion: string | null
  readonly summary?: string
  /** What its job printed; kept beside the run, behind an address of its own. */
  readonly log?: string
}

export interface UserJson extends Json {
  readonly id: number
  readonly login: string
  readonly type: string
}
export interface IssueJson extends Json {
  readonly id: number
  readonly number: number
  readonly state: string
  readonly body: string | null
}
export interface CommentJson extends Json {
  readonly id: number
  readonly body: string
  readonly user: UserJson
}
export interface ReviewJson extends Json {
  readonly id: number
  readonly state: string
  readonly commit_id: string
}
export interface ReactionJson extends Json {
  readonly id: number
  readonly content: string
  readonly user: UserJson
  readonly created_at: string
}
export interface PullJson extends Json {
  readonly id: number
  readonly node_id: string
  readonly number: number
  readonly state: string
  readonly draft: boolean
  readonly merged: boolean
  readonly title: string
  readonly body: string | null
  readonly user: UserJson
  readonly head: { readonly ref: string; readonly sha: string }
  readonly base: { readonly ref: string; readonly sha: string }
  readonly requested_reviewers: readonly UserJson[]
}
export interface CheckRunJson extends Json {
  readonly id: number
  readonly name: string
  readonly head_sha: string
  readonly status: string
  readonly conclusion: string | null
  readonly external_id: string
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null }
}
