import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer, toGraphqlFailure } from './failure.ts'

export interface Pull {
  readonly number: number
  /** What GraphQL calls it. */
  readonly nodeId: string
  readonly url: string
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly draft: boolean
  readonly title: string
  readonly body: string
  /** 0 = the account was deleted. */
  readonly authorId: number
  readonly headSha: string
  readonly headBranch: string
  /** null = the fork was deleted. Other than the repository's own id: a fork. */
  readonly headRepositoryId: number | null
  readonly baseBranch: string
  readonly baseSha: string
  /** Whether it fits its base branch; null = GitHub has not worked it out, or was not asked for this one alone. */
  readonly mergeable: boolean | null
  /** GitHub's word for what stands in the way of a merge: `clean`, `blocked`, `behind`, `unstable` and others; empty as above. */
  readonly mergeState: string
}

export type CreatedPull =
  | ({ readonly kind: 'created' } & Pull)
  /** One is open for this head and base: `findPullByHead` knows it. */
  | { readonly kind: 'exists' }
  /** The owner's plan has no drafts in private repositories. */
  | { readonly kind: 'drafts_unsupported' }
  /** GitHub's words, untrusted: "No commits between main and …". */
  | { readonly kind: 'refused'; readonly message: string }

/** Opens a pull request within the repository. What GitHub's validation says (422) is a value, not an error. */
export async function createPull(
  github: GitHub,
  repo: RepositoryRef,
  o: { title: string; body: string; head: string; base: string; draft: boolean },
): Promise<CreatedPull> {
  const { rest } = await github.octokit('thread', repo)
  try {
    const { data } = await rest.pulls.create({ owner: repo.owner, repo: repo.name, ...o })
    return { kind: 'created', ...pullOf(data) }
  } catch (error) {
    if (!isAnswer(error, 422)) throw error
    const reasons = error.details.join('; ') || error.message
    if (/already exists/i.test(reasons)) return { kind: 'exists' }
    if (/draft/i.test(error.message)) return { kind: 'drafts_unsupported' }
    return { kind: 'refused', message: reasons }
  }
}

/** Changes title and body. Both replace what people have written there: hand in what is to stay. */
export async function updatePull(
  github: GitHub,
  repo: RepositoryRef,
  number: number,
  { title, body }: { title: string; body: string },
): Promise<void> {
  const { rest } = await github.octokit('thread', repo)
  await rest.pulls.update({ owner: repo.owner, repo: repo.name, pull_number: number, title, body })
}

export async function readPull(github: GitHub, repo: RepositoryRef, number: number): Promise<Pull> {
  const { rest } = await github.octokit('read', repo)
  return pullOf((await rest.pulls.get({ owner: repo.owner, repo: repo.name, pull_number: number })).data)
}

/** The open pull request of a branch of this repository, else its latest closed one, else null. */
export async function findPullByHead(github: GitHub, repo: RepositoryRef, branch: string): Promise<Pull | null> {
  const { rest } = await github.octokit('read', repo)
  const { data } = await rest.pulls.list({
    owner: repo.owner,
    repo: repo.name,
    head: `${repo.owner}:${branch}`,
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 30,
  })
  // The filter is by account: another repository of the same owner can have the branch too.
  const ours = data.filter(({ head }) => head.ref === branch && head.repo?.id === repo.id)
  const [first] = [...ours.filter(({ state }) => state === 'open'), ...ours]
  return first === undefined ? null : pullOf(first)
}

const MARK_READY = `mutation ($pull: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $pull }) { pullRequest { isDraft } }
}`

/**
 * Turns a draft into a pull request that is ready for review; one that is ready stays as it is. REST cannot.
 * @param nodeId of the pull request
 */
export async function markReady(github: GitHub, repo: RepositoryRef, nodeId: string): Promise<void> {
  const octokit = await github.octokit('ready', repo)
  try {
    await octokit.graphql(MARK_READY, { pull: nodeId })
  } catch (error) {
    const failure = toGraphqlFailure(error, `markPullRequestReadyForReview in ${repo.owner}/${repo.name}`)
    if (!/not (a|in) draft/i.test(failure.message)) throw failure
  }
}

/** What the routes have in common. */
interface RestPull {
  readonly number: number
  readonly node_id: string
  readonly html_url: string
  readonly state: string
  readonly merged?: boolean | undefined
  readonly merged_at: string | null
  readonly draft?: boolean | undefined
  readonly mergeable?: boolean | null | undefined
  readonly mergeable_state?: string | undefined
  readonly title: string
  readonly body: string | null
  readonly user: { readonly id: number } | null
  readonly head: RestRef
  readonly base: RestRef
}
interface RestRef {
  readonly ref: string
  readonly sha: string
  readonly repo: { readonly id: number } | null
}

function pullOf(data: RestPull): Pull {
  return {
    number: data.number,
    nodeId: data.node_id,
    url: data.html_url,
    state: data.state === 'open' ? 'open' : 'closed',
    merged: data.merged ?? data.merged_at !== null,
    draft: data.draft ?? false,
    title: data.title,
    body: data.body ?? '',
    authorId: data.user?.id ?? 0,
    headSha: data.head.sha,
    headBranch: data.head.ref,
    headRepositoryId: data.head.repo?.id ?? null,
    baseBranch: data.base.ref,
    baseSha: data.base.sha,
    mergeable: data.mergeable ?? null,
    mergeState: data.mergeable_state ?? '',
  }
}
