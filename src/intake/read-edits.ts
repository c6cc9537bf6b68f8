/** Deliveries that say that what somebody has approved, or is asked to approve, is not the same any more. */
import type { Intake } from '../task/command.ts'
import { happened } from './happened.ts'
import * as payloads from './payloads.ts'
import { type IntakeOptions, ignored, type Reader } from './reader.ts'

/** Whoever opened it, we included: what it changes is looked at. */
export const fromPullOpened: Reader = (payload, deliveryId) => {
  const read = payloads.pullAtHead.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, sender } = read.data
  return happened({
    kind: 'pull_request_head',
    sourceKey: `pull_request_head:${deliveryId}`,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    headSha: pull.head.sha,
  })
}

/** Whoever pushed, another App included: it is a fact, not an order. Of our own push the task knows already. */
export const fromPullSynchronized: Reader = (payload, deliveryId, options) => {
  const read = payloads.pullSynchronized.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, after, sender } = read.data
  const what = { repository: payloads.repositoryOf(read.data), pullNumber: pull.number, actor: sender }
  if (sender.id === options.botUserId)
    return happened({
      kind: 'pull_request_head',
      sourceKey: `pull_request_head:${deliveryId}`,
      ...what,
      headSha: after,
    })
  return happened({
    kind: 'pull_request_synchronized',
    sourceKey: `pull_request_synchronized:${deliveryId}`,
    ...what,
    after,
    at: pull.updated_at,
  })
}

export const fromIssueEdited: Reader = (payload, deliveryId, options) => {
  const read = payloads.issueEdited.safeParse(payload)
  return read.success
    ? fromEdit(read.data, read.data.issue, read.data.changes, deliveryId, options)
    : ignored('delivery_malformed')
}

/** The text is of interest where the task was asked for on the pull request itself, the base branch to whoever owns it. */
export const fromPullEdited: Reader = (payload, deliveryId, options) => {
  const read = payloads.pullEdited.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, changes, sender } = read.data
  if (!changes?.base || sender.id === options.botUserId) return fromEdit(read.data, pull, changes, deliveryId, options)
  return happened({
    kind: 'pull_request_base_changed',
    sourceKey: `pull_request_base_changed:${deliveryId}`,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    at: pull.updated_at,
  })
}

/** An edit may tell of other things, too; only the text is read by tasks. */
function fromEdit(
  data: payloads.OnRepository,
  thread: payloads.Thread & { readonly number: number },
  changes: payloads.Changes,
  deliveryId: string,
  options: IntakeOptions,
): Intake {
  if (data.sender.id === options.botUserId) return ignored('actor_is_ourselves')
  if (changes && !changes.title && !changes.body) return ignored('event_not_handled')
  return happened({
    kind: 'issue_edited',
    sourceKey: `issue_edited:${deliveryId}`,
    repository: payloads.repositoryOf(data),
    issueNumber: thread.number,
    actor: data.sender,
    title: thread.title,
    body: thread.body,
    at: thread.updated_at,
  })
}
