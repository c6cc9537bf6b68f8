import type { RepositoryRef } from '../task/task.ts'
import { findCommand } from './find-command.ts'
import { repositoryIn } from './payloads.ts'
import type { IntakeOptions } from './reader.ts'
import { ALIASES } from './verbs.ts'

/** How commands are written in a repository (SPEC 1.2, 1.4): which is its own choice. */
export type Spelling = Pick<IntakeOptions, 'aliases' | 'triggerLabel'>

const SHORT_FORMS: ReadonlySet<string> = new Set(ALIASES)

/**
 * The repository whose settings decide what a delivery is: somebody put a label, or wrote something that begins with a
 * short form. null = they decide nothing here, as for nearly all deliveries, and need not be read.
 * @param event the `X-GitHub-Event` header
 */
export function spelledBy(event: string, payload: unknown): RepositoryRef | null {
  const { action, label, comment, review, sender } = fieldsOf(payload)
  if (fieldsOf(sender)['type'] !== 'User') return null
  const isLabel = action === 'labeled' && label !== undefined && (event === 'issues' || event === 'pull_request')
  const { body } = fieldsOf(comment ?? review)
  const isShort = typeof body === 'string' && findCommand(body, SHORT_FORMS) !== null
  return isLabel || isShort ? repositoryIn(payload) : null
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}
