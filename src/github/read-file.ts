import type { Octokit } from '@octokit/rest'
import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { GitHubError, isAnswer } from './failure.ts'

/** A regular file as the API gives it; `sha` is git's, of its content. */
export type RemoteFile =
  | { readonly kind: 'text'; readonly text: string; readonly sha: string }
  | { readonly kind: 'too_large'; readonly sha: string }

/** Of larger ones the API leaves the content out. */
const MAX_BYTES = 1_000_000

/**
 * A file by the API: for what must be known before there is a mirror, or stands in none.
 * @param ref a commit; also of a pull request's head, whose commits the base repository serves, a fork's too. Default: the
 *   head of the default branch
 * @returns null where there is none of that path
 */
export async function readFile(
  github: GitHub,
  repo: RepositoryRef,
  path: string,
  ref?: string,
): Promise<RemoteFile | null> {
  try {
    return await contentOf(await github.octokit('read', repo), repo, path, ref)
  } catch (error) {
    if (isAnswer(error, 404)) return null
    throw error
  }
}

/**
 * A file on the default branch of another repository of the same owner.
 * @returns null where there is none; `unseen` where the repository is not there, or the App is not installed on it: GitHub
 *   tells no difference
 */
export async function readFileOfNeighbour(
  github: GitHub,
  repo: RepositoryRef,
  name: string,
  path: string,
): Promise<RemoteFile | 'unseen' | null> {
  try {
    return await contentOf(github.neighbour('settings', repo, name), { owner: repo.owner, name }, path)
  } catch (error) {
    if (isAnswer(error, 404)) return null
    // Refused when the token was asked for; or it was moved, blocked, or taken away since.
    if (isAnswer(error, 422) || (error instanceof GitHubError && error.reasonCode === 'repository_gone'))
      return 'unseen'
    throw error
  }
}

/**
 * Whether another repository of the same owner can be read: a file that is not found in it is really not there then. A token
 * that was good an hour ago finds nothing in what has been taken away since.
 */
export async function isNeighbourSeen(github: GitHub, repo: RepositoryRef, name: string): Promise<boolean> {
  try {
    await github.neighbour('settings', repo, name).rest.repos.get({ owner: repo.owner, repo: name })
    return true
  } catch (error) {
    if (isAnswer(error, 403, 404, 410, 422, 451) && error.failureClass === 'configuration') return false
    throw error
  }
}

async function contentOf(
  { rest }: Octokit,
  { owner, name: repo }: { readonly owner: string; readonly name: string },
  path: string,
  ref?: string,
): Promise<RemoteFile | null> {
  const { data } = await rest.repos.getContent({ owner, repo, path, ...(ref === undefined ? {} : { ref }) })
  if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null
  if (data.size > MAX_BYTES) return { kind: 'too_large', sha: data.sha }
  return { kind: 'text', text: Buffer.from(data.content, 'base64').toString('utf8'), sha: data.sha }
}
