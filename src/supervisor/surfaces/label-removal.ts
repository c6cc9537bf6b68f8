import { removeLabel } from '../../github/labels.ts'
import type { SendSurface } from '../outbox/surface.ts'

/** Takes the trigger label off again, so that it can be put back. One that is gone already is fine. */
export const sendLabelRemoval: SendSurface = async ({ corridor, row, repository }) => {
  const { label } = row.payload as { label: string }
  await removeLabel(corridor.github, repository, row.issueNumber, label)
  return { hash: label, remoteId: null }
}
