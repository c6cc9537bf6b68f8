import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

export interface PermissionOf {
  /** Maintain counts as write, triage as read: GitHub answers no other words here. */
  readonly permission: 'admin' | 'write' | 'read' | 'none'
  /** The role as the repository names it; `triage` also for a custom role that is built on it. */
  readonly roleName: string | null
  /** Whose permission it is: compare it with the sender's, because a login can be given to somebody else. */
  readonly userId: number | null
}

/**
 * What an account may do in the repository just now (SPEC 1.6). Who is unknown there may do nothing.
 * Source: GET /repos/{owner}/{repo}/collaborators/{username}/permission.
 */
export async function permissionOf(github: GitHub, repo: RepositoryRef, login: string): Promise<PermissionOf> {
  const octokit = await github.octokit('read', repo)
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      owner: repo.owner,
      repo: repo.name,
      username: login,
    })
    const permission = (['admin', 'write', 'read'] as const).find((known) => known === data.permission) ?? 'none'
    const isTriage = permission === 'read' && data.user?.permissions?.triage === true
    return { permission, roleName: isTriage ? 'triage' : data.role_name, userId: data.user?.id ?? null }
  } catch (error) {
    if (isAnswer(error, 404)) return { permission: 'none', roleName: null, userId: null }
    throw error
  }
}
