import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** The App's installation on a repository that is known by its name only; null where it is not installed there. */
export async function installationOf(github: GitHub, owner: string, name: string): Promise<number | null> {
  const { rest } = github.asApp()
  try {
    const { data } = await rest.apps.getRepoInstallation({ owner, repo: name })
    return data.id
  } catch (error) {
    if (isAnswer(error, 404)) return null
    throw error
  }
}
