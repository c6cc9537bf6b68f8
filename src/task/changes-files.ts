import type { Classification } from './task.ts'
import { isCodeType } from './task.ts'

/**
 * Whether the result of the task is a commit: it gets a branch, a diff, a pull request. True for every code type, for
 * writing and data work on files of the repository, which classification marks with the capability `coding` ("fix the
 * typo in README.md" wants a pull request, not a comment), and for results in words that are wanted as a file.
 */
export const changesFiles = (c: Pick<Classification, 'type' | 'capabilities' | 'delivery'>): boolean =>
  isCodeType(c.type) || c.capabilities.includes('coding') || c.delivery !== undefined
