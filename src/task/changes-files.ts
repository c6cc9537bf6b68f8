import type { Classification } from './task.ts'
import { isCodeType } from './task.ts'

/**
 * Whether the result of the task is a commit: it gets a worktree, a diff, a pull request. True for every code type, and
 * for writing and data work on files of the repository, which classification marks with the capability `coding`
 * ("fix the typo in README.md" wants a pull request, not a comment).
 */
export const changesFiles = (c: Pick<Classification, 'type' | 'capabilities'>): boolean =>
  isCodeType(c.type) || c.capabilities.includes('coding')
