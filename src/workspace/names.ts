import { OperatingError } from '../task/errors.ts'
import { slug } from '../task/slug.ts'

const MAX_SLUG = 40

/**
 * The branch of a task: `supervise/<issue>-<slug>-<id>`. The title is hostile, so nothing of it is taken over but
 * letters and digits of ASCII, at most 40 characters; the end of the task's id keeps names apart.
 */
export function branchName(issueNumber: number, title: string, taskId: string): string {
  const id = taskId.toLowerCase().slice(-8)
  const name = `supervise/${issueNumber}-${slug(title, MAX_SLUG, 'task')}-${id}`
  if (!/^supervise\/[1-9]\d{0,15}-[a-z0-9]+(?:-[a-z0-9]+)*-[a-z0-9]{1,8}$/.test(name))
    throw new OperatingError(
      'internal',
      'git_failed',
      'naming a branch: issue number or task id is not what it should be',
    )
  return name
}
