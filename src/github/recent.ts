import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** What the lists below have in common. The rest is GitHub's JSON as it stands in webhooks, too: untrusted, unchecked. */
export interface RecentItem {
  readonly updated_at: string
  readonly [field: string]: unknown
}

export interface Recent {
  /** Oldest change first. */
  readonly items: readonly RecentItem[]
  /** There are more than one page has. */
  readonly hasMore: boolean
  /** To ask for the same again at no cost; good for the token that was used only, else it is like none. */
  readonly etag: string | null
}

/** `threads` are issues and pull requests; `line_comments` stand on lines of a pull request. */
export type RecentKind = 'comments' | 'threads' | 'line_comments'

const PAGE_SIZE = 100

/**
 * What was made or changed in a repository since then, the moment itself included.
 * @param etag of an earlier answer to the same question
 * @returns null = the same as that answer
 */
export async function listRecent(
  github: GitHub,
  repo: RepositoryRef,
  kind: RecentKind,
  since: Date,
  etag: string | null,
): Promise<Recent | null> {
  const { rest } = await github.octokit('read', repo)
  const where = {
    owner: repo.owner,
    repo: repo.name,
    // GitHub's times have whole seconds.
    since: `${since.toISOString().slice(0, 19)}Z`,
    sort: 'updated',
    direction: 'asc',
    per_page: PAGE_SIZE,
    ...(etag === null ? {} : { headers: { 'if-none-match': etag } }),
  } as const
  const ask = {
    comments: () => rest.issues.listCommentsForRepo(where),
    threads: () => rest.issues.listForRepo({ ...where, state: 'all' }),
    line_comments: () => rest.pulls.listReviewCommentsForRepo(where),
  }[kind]
  try {
    const { data, headers } = await ask()
    return {
      items: data.map((item) => ({ ...item })),
      hasMore: /rel="next"/.test(headers.link ?? ''),
      etag: headers.etag ?? null,
    }
  } catch (error) {
    if (isAnswer(error, 304)) return null
    throw error
  }
}

/** An issue, or the issue side of a pull request, as a webhook would carry it. */
export async function readThreadJson(github: GitHub, repo: RepositoryRef, number: number): Promise<object> {
  const { rest } = await github.octokit('read', repo)
  return (await rest.issues.get({ owner: repo.owner, repo: repo.name, issue_number: number })).data
}

export async function readPullJson(github: GitHub, repo: RepositoryRef, number: number): Promise<object> {
  const { rest } = await github.octokit('read', repo)
  return (await rest.pulls.get({ owner: repo.owner, repo: repo.name, pull_number: number })).data
}

/** The newest reviews of a pull request, oldest first: at most 200. */
export function listReviewsJson(github: GitHub, repo: RepositoryRef, number: number): Promise<object[]> {
  return newest(async (page) => {
    const { rest } = await github.octokit('read', repo)
    return rest.pulls.listReviews({ ...place(repo, page), pull_number: number })
  })
}

/** The newest events of an issue or pull request (labels put and taken, closed, reopened), oldest first: at most 200. */
export function listEventsJson(github: GitHub, repo: RepositoryRef, number: number): Promise<object[]> {
  return newest(async (page) => {
    const { rest } = await github.octokit('read', repo)
    return rest.issues.listEvents({ ...place(repo, page), issue_number: number })
  })
}

const place = (repo: RepositoryRef, page: number) => ({ owner: repo.owner, repo: repo.name, per_page: PAGE_SIZE, page })

/** GitHub lists oldest first only: of more than one page, the last two are asked for. */
async function newest(
  read: (page: number) => Promise<{ data: readonly object[]; headers: { link?: string | undefined } }>,
): Promise<object[]> {
  const first = await read(1)
  const last = Number(/[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(first.headers.link ?? '')?.[1] ?? 1)
  if (last === 1) return [...first.data]
  const before = last === 2 ? first : await read(last - 1)
  return [...before.data, ...(await read(last)).data]
}
