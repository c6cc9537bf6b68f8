/** Deliveries that can be commands: comments, review comments, labels; and, from read-happenings, the body of a review. */
import type { Command, CommandPlace, Intake, ParsedCommand } from '../task/command.ts'
import { lineThreadOf } from '../task/line-thread.ts'
import { isStateLabel } from '../task/state-labels.ts'
import { MODES, type RequestFlags } from '../task/task.ts'
import { isSkillName } from './flags.ts'
import { parseCommand } from './parse-command.ts'
import * as payloads from './payloads.ts'
import { plainReplyOf } from './plain-reply.ts'
import { type IntakeOptions, ignored, notAPerson, type Reader } from './reader.ts'

export const fromIssueComment: Reader = (payload, _deliveryId, options) => {
  const read = payloads.issueComment.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { issue, comment, sender } = read.data
  const unfit = notTheAuthor(comment.user.id, sender.id) ?? notAPerson(sender, options)
  if (unfit !== null) return unfit
  const parsed = parseCommand(comment.body, options)
  if (parsed === null) return plainReplyOf(read.data)
  return commandOf(parsed, {
    sourceKey: `comment:${comment.id}`,
    place: {
      repository: payloads.repositoryOf(read.data),
      issueNumber: issue.number,
      isPullRequest: issue.pull_request !== null && issue.pull_request !== undefined,
      commentId: comment.id,
      commentKind: 'issue_comment',
    },
    ...threadOf(issue),
    actor: sender,
    at: comment.created_at,
    location: null,
  })
}

export const fromReviewComment: Reader = (payload, _deliveryId, options) => {
  const read = payloads.reviewComment.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, comment, sender } = read.data
  const unfit = notTheAuthor(comment.user.id, sender.id) ?? notAPerson(sender, options)
  if (unfit !== null) return unfit
  return commandOf(parseCommand(comment.body, options), {
    sourceKey: `review_comment:${comment.id}`,
    place: placeOnPull(read.data, 'review_comment', comment.id),
    ...threadOf(pull),
    actor: sender,
    at: comment.created_at,
    location: {
      path: comment.path,
      line: comment.line ?? comment.original_line ?? null,
      hunk: comment.diff_hunk,
      thread: lineThreadOf(comment),
    },
  })
}

export const fromIssueLabel: Reader = (payload, deliveryId, options) => {
  const read = payloads.issueLabeled.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { issue, label } = read.data
  const isPullRequest = issue.pull_request !== null && issue.pull_request !== undefined
  return fromLabel(label.name, read.data, issue, isPullRequest, deliveryId, options)
}

export const fromPullLabel: Reader = (payload, deliveryId, options) => {
  const read = payloads.pullLabeled.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  return fromLabel(read.data.label.name, read.data, read.data.pull_request, true, deliveryId, options)
}

/** The whole command but for what it says; null = it says nothing. */
export function commandOf(parsed: ParsedCommand | null, rest: Omit<Command, 'parsed'>): Intake {
  return parsed === null ? ignored('not_a_command') : { kind: 'command', command: { ...rest, parsed } }
}

export function threadOf(thread: payloads.Thread): Pick<Command, 'title' | 'body' | 'issueAuthor' | 'labels'> {
  return { title: thread.title, body: thread.body, issueAuthor: thread.user, labels: thread.labels }
}

export function placeOnPull(
  data: payloads.OnRepository & { readonly pull_request: { readonly number: number } },
  commentKind: CommandPlace['commentKind'],
  commentId: number | null,
): CommandPlace {
  const repository = payloads.repositoryOf(data)
  return { repository, issueNumber: data.pull_request.number, isPullRequest: true, commentId, commentKind }
}

/** A new comment's author is who sent it; a delivery that says otherwise is not one of GitHub's. */
export function notTheAuthor(authorId: number, senderId: number): Intake | null {
  return authorId === senderId ? null : ignored('delivery_malformed')
}

/** A label can be put again and again: what makes each time its own command is the delivery. */
function fromLabel(
  name: string,
  data: payloads.OnRepository,
  thread: payloads.Thread,
  isPullRequest: boolean,
  deliveryId: string,
  options: IntakeOptions,
): Intake {
  const flags = flagsOfLabel(name, options.triggerLabel)
  if (flags === null) return ignored('not_a_command')
  const { sender } = data
  const repository = payloads.repositoryOf(data)
  return (
    notAPerson(sender, options) ??
    commandOf(
      { kind: 'verb', verb: 'run', argument: '', flags },
      {
        sourceKey: `label:${deliveryId}`,
        place: { repository, issueNumber: thread.number, isPullRequest, commentId: null, commentKind: 'label' },
        ...threadOf(thread),
        label: name,
        actor: sender,
        at: thread.updated_at,
        location: null,
      },
    )
  )
}

/** `supervise`, `supervise:rigorous`, `supervise:<skill>` (SPEC 1.4); null = another label. GitHub's labels ignore case. */
function flagsOfLabel(name: string, trigger: string): RequestFlags | null {
  // What we show is no command, whatever the trigger is called.
  if (isStateLabel(name)) return null
  const label = name.toLowerCase()
  const start = trigger.toLowerCase()
  if (label === start) return {}
  if (!label.startsWith(`${start}:`)) return null
  const choice = label.slice(start.length + 1).trim()
  const mode = MODES.find((known) => known === choice)
  if (mode !== undefined) return { mode }
  return isSkillName(choice) ? { skill: choice } : null
}
