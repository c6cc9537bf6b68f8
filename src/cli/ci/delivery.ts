import { z } from 'zod'
import { ConfigError } from '../../config.ts'
import { readIssue } from '../../github/issues.ts'
import { repositoryIn } from '../../intake/payloads.ts'
import type { IncomingDelivery } from '../../store/deliveries.ts'
import type { Corridor } from '../../supervisor/corridor.ts'
import type { Runner } from './runner.ts'

/** Events without words of a person: the run only goes on with what waits. */
const BARE = new Set(['schedule', 'workflow_dispatch'])
const DISPATCH = z.object({
  inputs: z
    .object({
      issue: z
        .string()
        .regex(/^\d{1,10}$/)
        .optional(),
    })
    .nullish(),
})

/**
 * The event of a run as the webhook would have brought it. Its id is the run's, so that a run that is tried again is the
 * same delivery. A dispatch that names an issue starts a task on it, as the label does, by whoever dispatched.
 * @returns null for a run that only goes on with what waits
 */
export async function deliveryOf(
  corridor: Corridor,
  runner: Runner,
  installationId: number,
): Promise<IncomingDelivery | null> {
  const payload = { ...runner.payload, installation: { id: installationId } }
  const id = `actions-${runner.runId}`
  if (!BARE.has(runner.event)) return { id, event: runner.event, payload: bytes(payload) }
  const read = DISPATCH.safeParse(runner.payload)
  if (!read.success) throw new ConfigError('the input `issue` is the number of an issue')
  const number = read.data.inputs?.issue
  if (number === undefined) return null
  const repository = repositoryIn(payload)
  if (repository === null) throw new ConfigError('the event names no repository')
  const { title, body, author, labels } = await readIssue(corridor.github, repository, Number(number))
  const issue = {
    number: Number(number),
    title,
    body,
    user: author,
    labels: labels.map((name) => ({ name })),
    updated_at: new Date().toISOString(),
  }
  const label = { name: corridor.settings.labels.trigger }
  return { id, event: 'issues', payload: bytes({ ...payload, action: 'labeled', issue, label }) }
}

const bytes = (payload: unknown): Buffer => Buffer.from(JSON.stringify(payload))
