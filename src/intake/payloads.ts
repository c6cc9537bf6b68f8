/**
 * Readers of webhook payloads. Loose on purpose: each reads only the fields that are needed, because GitHub adds fields at any
 * time and Enterprise Server sends older shapes. Strict on those fields: what becomes part of an address or a mention
 * has the form of a name, and every text is bounded and storable. Shapes: GitHub's published webhook schemas.
 */
import { z } from 'zod'
import type { Actor, RepositoryRef } from '../task/task.ts'
import { storable } from './bounded-text.ts'

const MAX_TITLE = 1_024
const MAX_BODY = 65_536
const MAX_HUNK = 8_192
const MAX_PATH = 4_096
const MAX_LABELS = 100

const id = z.int().positive()
const text = (max: number) => z.string().transform((value) => storable(value, max))
/** Issues and pull requests without a description carry null. */
const body = text(MAX_BODY)
  .nullish()
  .transform((value) => value ?? '')
const login = z.string().regex(/^[A-Za-z0-9_-]{1,100}(?:\[bot\])?$/)
const label = z.object({ name: text(100) })
const labels = z
  .array(label)
  .max(1_000)
  .nullish()
  .transform((list) => (list ?? []).slice(0, MAX_LABELS).map(({ name }) => name))

/** ISO 8601; Enterprise Server and some old payloads carry seconds since 1970. */
const moment = z
  .union([
    z.iso.datetime({ offset: true }),
    z
      .int()
      .min(0)
      .max(4_102_444_800)
      .transform((seconds) => seconds * 1_000),
  ])
  .transform((value) => new Date(value).toISOString())

/** A kind of account that we do not know is treated as a bot: it never commands. */
const actor = z
  .object({ id, login, type: z.string() })
  .transform(
    ({ type, ...rest }): Actor => ({ ...rest, type: type === 'User' || type === 'Organization' ? type : 'Bot' }),
  )

/** What GitHub itself shows for an account that was deleted. */
const GHOST: Actor = { id: 10_137, login: 'ghost', type: 'User' }
const author = actor.nullish().transform((value): Actor => value ?? GHOST)

/** The fields that every event about a repository has. */
const onRepository = z.object({
  sender: actor,
  installation: z.object({ id }),
  repository: z.object({
    id,
    name: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/),
    private: z.boolean(),
    default_branch: text(255),
    owner: z.object({ login }),
  }),
})

export type OnRepository = z.output<typeof onRepository>
export type Thread = z.output<typeof pull>

export function repositoryOf({ repository, installation }: OnRepository): RepositoryRef {
  return {
    id: repository.id,
    installationId: installation.id,
    owner: repository.owner.login,
    name: repository.name,
    private: repository.private,
    defaultBranch: repository.default_branch,
  }
}

/** The repository that a payload is about; null where it is about none, or says so in no way that we understand. */
export function repositoryIn(payload: unknown): RepositoryRef | null {
  const read = onRepository.safeParse(payload)
  return read.success ? repositoryOf(read.data) : null
}

const issue = z.object({
  number: id,
  title: text(MAX_TITLE),
  body,
  user: author,
  labels,
  updated_at: moment,
  /** Present where the issue is a pull request. */
  pull_request: z.object({}).nullish(),
})
const pull = z.object({ number: id, title: text(MAX_TITLE), body, user: author, labels, updated_at: moment })
const comment = z.object({ id, body, user: z.object({ id }), created_at: moment })

const sha = z.string().regex(/^[0-9a-f]{40,64}$/)
const lineNumber = z.int().nullish()

export const issueComment = onRepository.extend({ issue, comment })
export type IssueComment = z.output<typeof issueComment>
export const issueLabeled = onRepository.extend({ issue, label })
export const pullLabeled = onRepository.extend({ pull_request: pull, label })
export const reviewComment = onRepository.extend({
  pull_request: pull,
  comment: comment.extend({
    path: text(MAX_PATH),
    line: lineNumber,
    original_line: lineNumber,
    start_line: lineNumber,
    original_start_line: lineNumber,
    side: z.string().nullish(),
    start_side: z.string().nullish(),
    subject_type: z.string().nullish(),
    commit_id: sha.nullish().catch(null),
    original_commit_id: sha.nullish().catch(null),
    in_reply_to_id: id.nullish(),
    diff_hunk: text(MAX_HUNK),
  }),
})

/** GitHub writes the state in lower case in webhooks and in upper case in its REST answers. */
const reviewState = z.string().transform((value) => value.toLowerCase())
export const reviewSubmitted = onRepository.extend({
  pull_request: pull,
  review: z.object({
    id,
    body,
    user: z.object({ id }),
    state: reviewState,
    /** null where the commit is gone: it then equals no head, and approves nothing. */
    commit_id: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .nullish()
      .transform((value) => value ?? ''),
    submitted_at: moment,
  }),
})
export const reviewDismissed = onRepository.extend({
  pull_request: z.object({ number: id, updated_at: moment }),
  review: z.object({ id }),
})
export const pullClosed = onRepository.extend({
  pull_request: z.object({ number: id, merged: z.boolean(), updated_at: moment, closed_at: moment.nullish() }),
})

export const pullSynchronized = onRepository.extend({
  pull_request: z.object({ number: id, updated_at: moment }),
  after: sha,
})
/** Of a pull request from a fork the head is a commit that the base repository serves, too. */
export const pullAtHead = onRepository.extend({
  pull_request: z.object({ number: id, updated_at: moment, head: z.object({ sha }) }),
})
const changed = z.object({}).nullish()
const changes = z.object({ title: changed, body: changed, base: changed }).nullish()
export type Changes = z.output<typeof changes>
export const issueEdited = onRepository.extend({ issue, changes })
export const pullEdited = onRepository.extend({ pull_request: pull, changes })

/** The name that an App gave to its check run; anything else than a task's id is not ours: null. */
const externalId = z.unknown().transform((value) => (isTaskId(value) ? value : null))
const isTaskId = (value: unknown): value is string => typeof value === 'string' && /^[0-9A-Za-z]{1,64}$/.test(value)
const app = z.object({ id })
const checkRun = z.object({ id, head_sha: sha, external_id: externalId, app })
export const checkRunAction = onRepository.extend({
  check_run: checkRun,
  requested_action: z.object({ identifier: z.string() }),
})
const maker = app.nullish()
export const checkRunCompleted = onRepository.extend({ check_run: z.object({ head_sha: sha, app: maker }) })
export const checkSuiteCompleted = onRepository.extend({ check_suite: z.object({ head_sha: sha, app: maker }) })
export const statusChanged = onRepository.extend({ sha })
export const checkRunRerequested = onRepository.extend({ check_run: checkRun })
export const checkSuiteRerequested = onRepository.extend({ check_suite: z.object({ head_sha: sha, app }) })

/** An enterprise has a slug instead of a login, and no type. */
const account = z
  .object({ id, login: login.optional(), slug: login.optional(), type: z.string().optional() })
  .refine((value) => value.login !== undefined || value.slug !== undefined)
  .transform(
    ({ id: accountId, login: name, slug, type }): Actor => ({
      id: accountId,
      login: name ?? slug ?? '',
      type: type === 'User' || type === 'Bot' ? type : 'Organization',
    }),
  )
const ids = z
  .array(z.object({ id }))
  .nullish()
  .transform((list) => (list ?? []).map((one) => one.id))
export const installationChanged = z.object({
  installation: z.object({ id, account, updated_at: moment }),
  repositories_removed: ids,
  repositories_added: ids,
})

/** What became of an issue, or of the conversation of a pull request. */
export const issueChanged = onRepository.extend({
  issue: z.object({ number: id, updated_at: moment, state_reason: z.string().nullish() }),
})
export const pullChanged = onRepository.extend({ pull_request: z.object({ number: id, updated_at: moment }) })
export const pushed = onRepository.extend({ ref: text(1_024), deleted: z.boolean() })
export const repositoryChanged = onRepository
