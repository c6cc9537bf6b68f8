import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/**
 * Text of a regular file on the default branch, by the API: for what must be known before there is a mirror.
 * @returns null where there is none, or where it has more than `maxBytes`
 */
export async function readFileOnDefaultBranch(
  github: GitHub,
  repo: RepositoryRef,
  path: string,
  maxBytes: number,
): Promise<string | null> {
  const { rest } = await github.octokit('read', repo)
  try {
    const { data } = await rest.repos.getContent({ owner: repo.owner, repo: repo.name, path })
    if (Array.isArray(data) || data.type !== 'file' || data.size > maxBytes || !('content' in data)) return null
    return Buffer.from(data.content, 'base64').toString('utf8')
  } catch (error) {
    if (isAnswer(error, 404)) return null
    throw error
  }
}
