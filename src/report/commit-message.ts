import type { Task } from '../task/task.ts'
import { message, subject } from './text/safe.ts'

const MAX_SUBJECT = 72
const MAX_BODY = 2_000

export interface CommitMessageInput {
  readonly task: Pick<Task, 'id' | 'title' | 'request' | 'requester'>
  /** Host of the noreply addresses, for example `users.noreply.github.com`; another one on GHES. */
  readonly host: string
}

/**
 * The message of a commit by the supervisor (SPEC 7.3): a subject of at most 72 characters, the request, and the
 * trailers. GitHub obeys closing words, mentions, CI switches and trailers in commit messages: none of them survives
 * from the title or the request. The requester is named by the noreply address, never by a real one.
 */
export function commitMessage({ task, host }: CommitMessageInput): string {
  const first =
    subject(task.title, MAX_SUBJECT) ||
    subject(task.request, MAX_SUBJECT) ||
    `Change for task ${task.id}`.slice(0, MAX_SUBJECT)
  const body = message(task.request, MAX_BODY)
  const trailers = [`Supervisor-Task: ${task.id.replace(/[^A-Za-z0-9-]/g, '')}`, coAuthor(task.requester, host)]
  return `${[first, body, trailers.filter((t) => t !== '').join('\n')].filter((s) => s !== '').join('\n\n')}\n`
}

function coAuthor({ id, login }: Task['requester'], host: string): string {
  if (
    !/^[A-Za-z\d][A-Za-z\d_-]{0,99}$/.test(login) ||
    !/^[a-z0-9.-]{1,253}$/i.test(host) ||
    !Number.isSafeInteger(id) ||
    id <= 0
  )
    return ''
  const noreply = host.startsWith('users.noreply.') ? host : `users.noreply.${host}`
  return `Co-authored-by: ${login} <${id}+${login}@${noreply}>`
}
