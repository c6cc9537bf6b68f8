import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** Where a branch stands; null where there is none. */
export async function readBranchHead(github: GitHub, repo: RepositoryRef, branch: string): Promise<string | null> {
  const { rest } = await github.octokit('read', repo)
  try {
    const { data } = await rest.git.getRef({ owner: repo.owner, repo: repo.name, ref: `heads/${branch}` })
    return data.object.sha
  } catch (error) {
    if (isAnswer(error, 404)) return null
    throw error
  }
}
