/** Deliveries that concern a task without being commands: reviews, dismissals, closed pull requests, installations. */
import type { Happening } from '../task/command.ts'
import { happened } from './happened.ts'
import { parseCommand } from './parse-command.ts'
import * as payloads from './payloads.ts'
import { commandOf, notTheAuthor, placeOnPull, threadOf } from './read-commands.ts'
import { ignored, notAPerson, type Reader } from './reader.ts'

const VERDICTS: ReadonlyMap<string, 'approve' | 'request_changes' | 'comment'> = new Map([
  ['approved', 'approve'],
  ['changes_requested', 'request_changes'],
  ['commented', 'comment'],
])

/**
 * A review whose body is a command is that command and nothing else. Each inline comment also sends an empty review,
 * which says nothing by itself. Reviews of bots neither approve nor ask for changes.
 */
export const fromReview: Reader = (payload, _deliveryId, options) => {
  const read = payloads.reviewSubmitted.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, review, sender } = read.data
  const unfit = notTheAuthor(review.user.id, sender.id) ?? notAPerson(sender, options)
  if (unfit !== null) return unfit
  const sourceKey = `review:${review.id}`
  const at = review.submitted_at
  const parsed = parseCommand(review.body, options)
  if (parsed !== null) {
    // GitHub's REST API has no reactions for reviews, so there is no comment to react on.
    const place = placeOnPull(read.data, 'review', null)
    return commandOf(parsed, { sourceKey, place, ...threadOf(pull), actor: sender, at, location: null })
  }
  const verdict = VERDICTS.get(review.state)
  if (verdict === undefined) return ignored('event_not_handled')
  if (verdict === 'comment' && review.body.trim() === '') return ignored('not_a_command')
  return happened({
    kind: 'review_submitted',
    sourceKey,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    reviewId: review.id,
    verdict,
    body: review.body,
    commitId: review.commit_id,
    at,
  })
}

/** Whoever dismisses: it only takes an approval away. A review can be dismissed, so its key differs from its own. */
export const fromReviewDismissed: Reader = (payload) => {
  const read = payloads.reviewDismissed.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, review, sender } = read.data
  return happened({
    kind: 'review_dismissed',
    sourceKey: `review_dismissed:${review.id}`,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    reviewId: review.id,
    at: pull.updated_at,
  })
}

/** Whoever closes or merges, a merge bot or ourselves included: it is a fact, not an order. It can happen again. */
export const fromPullClosed: Reader = (payload, deliveryId) => {
  const read = payloads.pullClosed.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { pull_request: pull, sender } = read.data
  return happened({
    kind: 'pull_request_closed',
    sourceKey: `pull_request_closed:${deliveryId}`,
    repository: payloads.repositoryOf(read.data),
    pullNumber: pull.number,
    actor: sender,
    merged: pull.merged,
    at: pull.closed_at ?? pull.updated_at,
  })
}

export function fromInstallation(change: Extract<Happening, { kind: 'installation_changed' }>['change']): Reader {
  return (payload, deliveryId) => {
    const read = payloads.installationChanged.safeParse(payload)
    if (!read.success) return ignored('delivery_malformed')
    const { id, account, updated_at: at } = read.data.installation
    const { repositories_removed: removed, repositories_added: added } = read.data
    return happened({
      kind: 'installation_changed',
      sourceKey: `installation:${deliveryId}`,
      installationId: id,
      account,
      change,
      ...(removed.length === 0 ? {} : { repositoriesRemoved: removed }),
      ...(added.length === 0 ? {} : { repositoriesAdded: added }),
      at,
    })
  }
}
