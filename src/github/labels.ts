import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** Puts labels on an issue or pull request beside those it has. @returns all that it has then */
export async function addLabels(
  github: GitHub,
  repo: RepositoryRef,
  issueNumber: number,
  labels: readonly string[],
): Promise<string[]> {
  if (labels.length === 0) return []
  const { rest } = await github.octokit('thread', repo)
  const where = { owner: repo.owner, repo: repo.name, issue_number: issueNumber }
  return (await rest.issues.addLabels({ ...where, labels: [...labels] })).data.map(({ name }) => name)
}

/** Labels of repositories that were seen to exist; one that is taken away later GitHub makes again, in grey. */
const seen = new WeakMap<GitHub, Set<string>>()
const MAX_SEEN = 5_000

/** Makes a label of the repository where it has none of that name; one that people have made stays as it is. */
export async function ensureLabel(
  github: GitHub,
  repo: RepositoryRef,
  label: { readonly name: string; readonly color: string; readonly description: string },
): Promise<void> {
  const known = seen.get(github) ?? new Set()
  seen.set(github, known)
  const key = `${repo.id}:${label.name}`
  if (known.has(key)) return
  const where = { owner: repo.owner, repo: repo.name }
  const { rest } = await github.octokit('thread', repo)
  try {
    await rest.issues.getLabel({ ...where, name: label.name })
  } catch (error) {
    if (!isAnswer(error, 404)) throw error
    await rest.issues.createLabel({ ...where, ...label }).catch((failure: unknown) => {
      // Somebody else was faster.
      if (!isAnswer(failure, 422)) throw failure
    })
  }
  if (known.size >= MAX_SEEN) known.clear()
  known.add(key)
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
