import type { Task } from './task.ts'

/**
 * Whether the task works on the branch of the pull request in which it was asked for. That is somebody else's: title, body
 * and draft are theirs, and nothing that failed is put there.
 */
export const isOnPullRequest = (task: Pick<Task, 'isPullRequest' | 'issueNumber' | 'pullNumber'>): boolean =>
  task.isPullRequest && task.pullNumber === task.issueNumber
