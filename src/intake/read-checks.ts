/** Deliveries about our check runs: their buttons, and GitHub's own "Re-run". */
import { happened } from './happened.ts'
import * as payloads from './payloads.ts'
import { ignored, notAPerson, type Reader } from './reader.ts'

const ACTIONS = ['approve', 'retry', 'discard'] as const

/** Each press is an order of its own: what makes it one is the delivery. */
export const fromCheckAction: Reader = (payload, deliveryId, options) => {
  const read = payloads.checkRunAction.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { check_run: run, requested_action, sender } = read.data
  const action = ACTIONS.find((known) => known === requested_action.identifier)
  if (action === undefined || run.external_id === null) return ignored('event_not_handled')
  return (
    notAPerson(sender, options) ??
    happened({
      kind: 'check_action',
      sourceKey: `check_action:${deliveryId}`,
      repository: payloads.repositoryOf(read.data),
      actor: sender,
      appId: run.app.id,
      headSha: run.head_sha,
      externalId: run.external_id,
      action,
    })
  )
}

export const fromCheckRunRerun: Reader = (payload, deliveryId, options) => {
  const read = payloads.checkRunRerequested.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { check_run: run } = read.data
  if (run.external_id === null) return ignored('event_not_handled')
  return rerequested(read.data, { ...run, externalId: run.external_id }, deliveryId, options)
}

/** "Re-run all checks" names no run. */
export const fromCheckSuiteRerun: Reader = (payload, deliveryId, options) => {
  const read = payloads.checkSuiteRerequested.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  return rerequested(read.data, { ...read.data.check_suite, externalId: null }, deliveryId, options)
}

type Rerequest = Parameters<typeof payloads.repositoryOf>[0] & { readonly sender: Parameters<typeof notAPerson>[0] }
interface Checked {
  readonly app: { readonly id: number }
  readonly head_sha: string
  readonly externalId: string | null
}

function rerequested(
  told: Rerequest,
  { app, head_sha: headSha, externalId }: Checked,
  deliveryId: string,
  options: Parameters<Reader>[2],
): ReturnType<Reader> {
  const { sender } = told
  return (
    notAPerson(sender, options) ??
    happened({
      kind: 'check_rerequested',
      sourceKey: `check_rerequested:${deliveryId}`,
      repository: payloads.repositoryOf(told),
      actor: sender,
      appId: app.id,
      headSha,
      externalId,
    })
  )
}
