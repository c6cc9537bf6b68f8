import type { Intake } from '../task/command.ts'
import { fromCheckAction, fromCheckRunRerun, fromCheckSuiteRerun } from './read-checks.ts'
import { fromCheckRunEnd, fromCheckSuiteEnd, fromStatus } from './read-ci.ts'
import { fromIssueComment, fromIssueLabel, fromPullLabel, fromReviewComment } from './read-commands.ts'
import { fromIssueEdited, fromPullEdited, fromPullOpened, fromPullSynchronized } from './read-edits.ts'
import { fromIssueChange, fromPullReopened, fromPullUnlocked, fromPush, fromRepositoryChange } from './read-ground.ts'
import { fromInstallation, fromPullClosed, fromReview, fromReviewDismissed } from './read-happenings.ts'
import { type IntakeOptions, ignored, type Reader } from './reader.ts'

const fromEdit: Reader = () => ignored('edited_comment')

/** Every delivery that means something; all others are `event_not_handled`. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['issue_comment.created', fromIssueComment],
  ['issue_comment.edited', fromEdit],
  ['issues.labeled', fromIssueLabel],
  ['pull_request.labeled', fromPullLabel],
  ['pull_request.opened', fromPullOpened],
  ['pull_request.closed', fromPullClosed],
  ['pull_request.synchronize', fromPullSynchronized],
  ['pull_request.edited', fromPullEdited],
  ['issues.edited', fromIssueEdited],
  ['check_run.requested_action', fromCheckAction],
  ['check_run.rerequested', fromCheckRunRerun],
  ['check_suite.rerequested', fromCheckSuiteRerun],
  ['check_run.completed', fromCheckRunEnd],
  ['check_suite.completed', fromCheckSuiteEnd],
  ['status.', fromStatus],
  ['pull_request.reopened', fromPullReopened],
  ['pull_request.unlocked', fromPullUnlocked],
  ['issues.closed', fromIssueChange('closed')],
  ['issues.deleted', fromIssueChange('deleted')],
  ['issues.transferred', fromIssueChange('transferred')],
  ['issues.unlocked', fromIssueChange('unlocked')],
  ['push.', fromPush],
  ['repository.renamed', fromRepositoryChange('described')],
  ['repository.edited', fromRepositoryChange('described')],
  ['repository.publicized', fromRepositoryChange('described')],
  ['repository.privatized', fromRepositoryChange('described')],
  ['repository.transferred', fromRepositoryChange('described')],
  ['repository.archived', fromRepositoryChange('archived')],
  ['repository.unarchived', fromRepositoryChange('unarchived')],
  ['repository.deleted', fromRepositoryChange('deleted')],
  ['pull_request_review.submitted', fromReview],
  ['pull_request_review.edited', fromEdit],
  ['pull_request_review.dismissed', fromReviewDismissed],
  ['pull_request_review_comment.created', fromReviewComment],
  ['pull_request_review_comment.edited', fromEdit],
  ['installation.created', fromInstallation('created')],
  ['installation.deleted', fromInstallation('deleted')],
  ['installation.suspend', fromInstallation('suspended')],
  ['installation.unsuspend', fromInstallation('unsuspended')],
  ['installation_repositories.added', fromInstallation('repositories_changed')],
  ['installation_repositories.removed', fromInstallation('repositories_changed')],
])

/**
 * One webhook delivery → a command, a happening, or why it is neither (SPEC 1.1 to 1.6). Never throws. Who may is not
 * decided here: the sender's permission is read from the API before anything starts.
 * @param event the `X-GitHub-Event` header
 * @param deliveryId the `X-GitHub-Delivery` header
 */
export function fromDelivery(event: string, deliveryId: string, payload: unknown, options: IntakeOptions): Intake {
  const reader = READERS.get(`${event}.${actionOf(payload)}`)
  return reader === undefined ? ignored('event_not_handled') : reader(payload, deliveryId, options)
}

function actionOf(payload: unknown): string {
  if (payload === null || typeof payload !== 'object' || !('action' in payload)) return ''
  return typeof payload.action === 'string' ? payload.action : ''
}
