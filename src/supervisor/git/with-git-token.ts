import type { GitHub } from '../../github/client.ts'
import type { Purpose } from '../../github/purposes.ts'
import { OperatingError } from '../../task/errors.ts'
import type { RepositoryRef } from '../../task/task.ts'

/**
 * Git with a token of GitHub's. One that is refused before its time, because it was revoked or the App's rights were
 * changed, is replaced once; what the fresh one is refused too, is refused.
 */
export async function withGitToken<T>(
  github: GitHub,
  purpose: Purpose,
  repository: RepositoryRef,
  use: (token: string) => Promise<T>,
): Promise<T> {
  const token = await github.token(purpose, repository)
  try {
    return await use(token)
  } catch (error) {
    if (!(error instanceof OperatingError) || error.reasonCode !== 'github_refused') throw error
    return use(await github.token(purpose, repository, token))
  }
}
