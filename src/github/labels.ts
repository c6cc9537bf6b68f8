import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** Puts labels on an issue or pull request beside those it has; GitHub makes the ones that do not exist. */
export async function addLabels(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  labels: readonly string[],
): Promise<void> {
  if (labels.length === 0) return
  const { rest } = await github.octokit('thread', repo)
  await rest.issues.addLabels({ owner: repo.owner, repo: repo.name, issue_number: issueNumber, labels: [...labels] })
}

/** @returns false where it was not there */
export async function removeLabel(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  label: string,
): Promise<boolean> {
  const { rest } = await github.octokit('thread', repo)
  try {
    await rest.issues.removeLabel({ owner: repo.owner, repo: repo.name, issue_number: issueNumber, name: label })
    return true
  } catch (error) {
    if (isAnswer(error, 404, 410)) return false
    throw error
  }
}
