/** Deliveries that tell what became of the ground a task stands on: its issue, its branches, its repository. */
import type { Intake, RepositoryChange, ThreadChange } from '../task/command.ts'
import { happened } from './happened.ts'
import * as payloads from './payloads.ts'
import { type IntakeOptions, ignored, type Reader } from './reader.ts'

/** Whoever does it; whether it ends a task, and who may end one so, is not decided here. It can happen again. */
export function fromIssueChange(change: ThreadChange['change']): Reader {
  return (payload, deliveryId, options) => {
    const read = payloads.issueChanged.safeParse(payload)
    if (!read.success) return ignored('delivery_malformed')
    const { issue } = read.data
    const notPlanned = issue.state_reason === 'not_planned' || issue.state_reason === 'duplicate'
    return threadChanged(read.data, issue, { change, notPlanned }, deliveryId, options)
  }
}

export const fromPullUnlocked: Reader = (payload, deliveryId, options) => {
  const read = payloads.pullChanged.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const what = { change: 'unlocked', notPlanned: false } as const
  return threadChanged(read.data, read.data.pull_request, what, deliveryId, options)
}

export const fromPullReopened: Reader = (payload, deliveryId, options) => {
  const read = payloads.pullAtHead.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, sender } = read.data
  if (sender.id === options.botUserId) return ignored('actor_is_ourselves')
  return happened({
    kind: 'pull_request_reopened',
    sourceKey: `pull_request_reopened:${deliveryId}`,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    headSha: pull.head.sha,
    at: pull.updated_at,
  })
}

/** Our own pushes are no news to us. Tags are nobody's base. */
export const fromPush: Reader = (payload, deliveryId, options) => {
  const read = payloads.pushed.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { ref, deleted, sender } = read.data
  if (sender.id === options.botUserId) return ignored('actor_is_ourselves')
  if (!ref.startsWith('refs/heads/')) return ignored('event_not_handled')
  return happened({
    kind: 'branch_changed',
    sourceKey: `push:${deliveryId}`,
    repository: payloads.repositoryOf(read.data),
    branch: ref.slice('refs/heads/'.length),
    deleted,
    actor: sender,
  })
}

export function fromRepositoryChange(change: RepositoryChange['change']): Reader {
  return (payload, deliveryId) => {
    const read = payloads.repositoryChanged.safeParse(payload)
    if (!read.success) return ignored('delivery_malformed')
    return happened({
      kind: 'repository_changed',
      sourceKey: `repository:${deliveryId}`,
      repository: payloads.repositoryOf(read.data),
      change,
      actor: read.data.sender,
    })
  }
}

function threadChanged(
  data: payloads.OnRepository,
  thread: { readonly number: number; readonly updated_at: string },
  what: Pick<ThreadChange, 'change' | 'notPlanned'>,
  deliveryId: string,
  options: IntakeOptions,
): Intake {
  if (data.sender.id === options.botUserId) return ignored('actor_is_ourselves')
  return happened({
    kind: 'thread_changed',
    sourceKey: `thread_changed:${deliveryId}`,
    repository: payloads.repositoryOf(data),
    issueNumber: thread.number,
    actor: data.sender,
    ...what,
    at: thread.updated_at,
  })
}
