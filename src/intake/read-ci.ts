/** Deliveries that tell what the repository's own CI says of a commit. What it says is read from the API, not from here. */
import type { Intake } from '../task/command.ts'
import { happened } from './happened.ts'
import * as payloads from './payloads.ts'
import { ignored, type Reader } from './reader.ts'

export const fromCheckRunEnd: Reader = (payload, deliveryId) => {
  const read = payloads.checkRunCompleted.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { head_sha: headSha, app } = read.data.check_run
  return changed(read.data, { headSha, appId: app?.id ?? null }, deliveryId)
}

export const fromCheckSuiteEnd: Reader = (payload, deliveryId) => {
  const read = payloads.checkSuiteCompleted.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  const { head_sha: headSha, app } = read.data.check_suite
  return changed(read.data, { headSha, appId: app?.id ?? null }, deliveryId)
}

/** A commit status carries no action, and its App is not told. */
export const fromStatus: Reader = (payload, deliveryId) => {
  const read = payloads.statusChanged.safeParse(payload)
  if (!read.success) return ignored('delivery_malformed')
  return changed(read.data, { headSha: read.data.sha, appId: null }, deliveryId)
}

function changed(
  told: payloads.OnRepository,
  { headSha, appId }: { readonly headSha: string; readonly appId: number | null },
  deliveryId: string,
): Intake {
  return happened({
    kind: 'ci_changed',
    sourceKey: `ci_changed:${deliveryId}`,
    repository: payloads.repositoryOf(told),
    actor: told.sender,
    appId,
    headSha,
  })
}
