import type { RepositoryRef } from '../task/task.ts'
import type { GitHub } from './client.ts'
import { isAnswer } from './failure.ts'

/** Each repository allows some of them; GitHub says so only when it is tried. */
const METHODS = ['merge', 'squash', 'rebase'] as const

export type MergedPull =
  | { readonly kind: 'merged' }
  /** GitHub's words, untrusted: a rule, a queue, a conflict, or another head. */
  | { readonly kind: 'refused'; readonly message: string }

/**
 * Merges a pull request at exactly this head, in the first way that the repository allows. Repeating it is harmless: what is
 * merged is refused.
 */
export async function mergePull(
  github: GitHub,
  repo: RepositoryRef,
  number: number,
  { sha, title, message }: { readonly sha: string; readonly title: string; readonly message: string },
): Promise<MergedPull> {
  const { rest } = await github.octokit('merge', repo)
  const where = { owner: repo.owner, repo: repo.name, pull_number: number }
  let refusal = ''
  for (const method of METHODS) {
    try {
      await rest.pulls.merge({ ...where, sha, merge_method: method, commit_title: title, commit_message: message })
      return { kind: 'merged' }
    } catch (error) {
      if (!isAnswer(error, 403, 405, 409, 422) || error.failureClass === 'transient') throw error
      refusal = error.message
      if (!/\b(?:merges?|merge commits?|merging|rebas\w+|squash\w*)\b.{0,40}\bnot (?:allowed|permitted)/i.test(refusal))
        break
    }
  }
  return { kind: 'refused', message: refusal }
}
