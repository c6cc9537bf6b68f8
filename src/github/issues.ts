import type { Actor, RepositoryRef } from '../task/task.ts'
import { actorOf } from './actor-of.ts'
import type { GitHub } from './client.ts'

export interface Issue {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly state: 'open' | 'closed'
  readonly labels: readonly string[]
  readonly locked: boolean
  readonly isPullRequest: boolean
  readonly author: Actor
}

export interface IssueComment {
  readonly id: number
  readonly author: Actor
  readonly body: string
  readonly createdAt: string
  readonly updatedAt: string
}

const PAGE_SIZE = 100

/** An issue, or the conversation of a pull request: GitHub numbers them together. */
export async function readIssue(github: GitHub, repo: RepositoryRef, issueNumber: number): Promise<Issue> {
  const { rest } = await github.octokit('read', repo)
  const { data } = await rest.issues.get({ owner: repo.owner, repo: repo.name, issue_number: issueNumber })
  return {
    number: data.number,
    title: data.title,
    body: data.body ?? '',
    state: data.state === 'open' ? 'open' : 'closed',
    labels: data.labels
      .map((label) => (typeof label === 'string' ? label : (label.name ?? '')))
      .filter((name) => name !== ''),
    locked: data.locked,
    isPullRequest: data.pull_request !== undefined && data.pull_request !== null,
    author: actorOf(data.user),
  }
}

/**
 * The newest comments of a conversation, the oldest of them first, without those that somebody has minimised. GitHub
 * lists oldest first only, so the last pages are asked for.
 * @param newest how many are looked at, at most 100
 */
export async function listComments(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  newest: number,
): Promise<IssueComment[]> {
  const { rest } = await github.octokit('read', repo)
  const readPage = (page: number) =>
    rest.issues.listComments({
      owner: repo.owner,
      repo: repo.name,
      issue_number: issueNumber,
      per_page: PAGE_SIZE,
      page,
    })
  const first = await readPage(1)
  const last = lastPage(first.headers.link)
  let comments = first.data
  if (last > 1) {
    const end = (await readPage(last)).data
    const before = end.length >= newest ? [] : last === 2 ? first.data : (await readPage(last - 1)).data
    comments = [...before, ...end]
  }
  return comments
    .slice(-newest)
    .filter((comment) => !('minimized' in comment) || comment.minimized === null)
    .map(({ id, user, body, created_at, updated_at }) => ({
      id,
      author: actorOf(user),
      body: body ?? '',
      createdAt: created_at,
      updatedAt: updated_at,
    }))
}

/** The number behind `rel="last"`; 1 where everything is on one page. */
function lastPage(link: string | undefined): number {
  return Number(/[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(link ?? '')?.[1] ?? 1)
}
