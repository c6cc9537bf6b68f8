import type { Actor, RepositoryRef } from '../task/task.ts'
import { actorOf } from './actor-of.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** An installation as GitHub has it now, asked as the App itself; null = it was removed. */
export async function installationNow(
  github: GitHub,
  installationId: number,
): Promise<{ readonly account: Actor; readonly suspended: boolean } | null> {
  try {
    const { data } = await github.asApp().rest.apps.getInstallation({ installation_id: installationId })
    const { account } = data
    const owner = account !== null && 'login' in account ? account : null
    return { account: actorOf(owner), suspended: data.suspended_at !== null && data.suspended_at !== undefined }
  } catch (error) {
    if (isAnswer(error, 404)) return null
    throw error
  }
}

/** What may have changed, and whether anything can be. */
export type RepositoryNow = Pick<RepositoryRef, 'owner' | 'name' | 'private' | 'defaultBranch'> & {
  readonly archived: boolean
}

/**
 * A repository as GitHub has it now, found by its number, which never changes: a token for it alone sees nothing else.
 * null = it was deleted, blocked, or taken from the App; then GitHub gives no token (422), or shows it nothing.
 */
export async function repositoryNow(github: GitHub, repo: RepositoryRef): Promise<RepositoryNow | null> {
  try {
    const { rest } = await github.octokit('read', repo)
    const { data } = await rest.apps.listReposAccessibleToInstallation({ per_page: 1 })
    const found = data.repositories.find(({ id }) => id === repo.id)
    if (found === undefined) return null
    const { owner, name, archived, private: isPrivate, default_branch: defaultBranch } = found
    return { owner: owner.login, name, private: isPrivate, defaultBranch, archived }
  } catch (error) {
    if (isAnswer(error, 404, 410, 422, 451)) return null
    throw error
  }
}
