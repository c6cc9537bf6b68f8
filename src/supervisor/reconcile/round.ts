import { isAnswer } from '../../github/failure.ts'
import type { RecentItem, RecentKind } from '../../github/recent.ts'
import { listRecent } from '../../github/recent.ts'
import { fromDelivery } from '../../intake/from-delivery.ts'
import type { IntakeOptions } from '../../intake/reader.ts'
import { isKnownCommand } from '../../store/commands.ts'
import { storeDeliveries } from '../../store/deliveries.ts'
import { isKnownDelivery } from '../../store/known-sources.ts'
import type { Intake } from '../../task/command.ts'
import type { RepositoryRef } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

/** One comparison of a repository with GitHub. */
export interface Round {
  readonly corridor: Corridor
  readonly repository: RepositoryRef
  readonly options: IntakeOptions
  readonly stopping: () => boolean
  /** Requests that this round may still make. */
  callsLeft: number
  /** What was found that no delivery had told of. */
  found: number
  /** Pull requests that were looked at. */
  readonly pullsSeen: Set<number>
}

/** What GitHub shows where it does not say who did it, and for accounts that were deleted. */
export const GHOST = { id: 10_137, login: 'ghost', type: 'User' } as const

export const goesOn = (round: Round): boolean => round.callsLeft > 0 && !round.stopping()

/** Makes a request of this round. */
export function ask<T>(round: Round, request: () => Promise<T>): Promise<T> {
  round.callsLeft -= 1
  return request()
}

/** What a webhook with this content would amount to. */
export function readAs(round: Round, event: string, id: string, content: object): Intake {
  return fromDelivery(event, id, payloadOf(round, content), round.options)
}

/** Whether it has come already: as a command of the same source, or from here. */
export async function isNews(round: Round, id: string, intake: Intake): Promise<boolean> {
  const { db } = round.corridor
  if (intake.kind === 'ignored') return false
  const { sourceKey } = intake.kind === 'command' ? intake.command : intake.happening
  return !(await isKnownCommand(db, sourceKey)) && !(await isKnownDelivery(db, id))
}

/**
 * Puts what GitHub told nobody into the inbox, in the words of the webhook that was lost: from there on it goes through
 * the same door as all others, is kept and tried like them, and is known by the same source.
 * @param id made of what it is about, so that the same thing comes in once
 */
export async function bringIn(round: Round, event: string, id: string, content: object): Promise<void> {
  if (!(await isNews(round, id, readAs(round, event, id, content)))) return
  const { corridor, repository } = round
  const payload = Buffer.from(JSON.stringify(payloadOf(round, content)))
  await storeDeliveries(corridor.db.inboxPool, [{ id, event, payload }])
  round.found += 1
  corridor.log.info({ event, delivery_id: id, repository: `${repository.owner}/${repository.name}` }, 'found on GitHub')
}

/** What one item is about may have been deleted or moved since it was listed: that is no reason to stop at it for ever. */
export async function unlessGone({ corridor }: Round, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isAnswer(error, 301, 404, 410, 422, 451)) throw error
    corridor.log.warn({ err: error }, 'comparing with GitHub: passed over')
  }
}

function payloadOf({ repository: r }: Round, content: object): object {
  return {
    ...content,
    installation: { id: r.installationId },
    repository: {
      id: r.id,
      name: r.name,
      full_name: `${r.owner}/${r.name}`,
      private: r.private,
      default_branch: r.defaultBranch,
      owner: { login: r.owner },
    },
  }
}

/** The last answer to each question that brought nothing new, so that the next one costs nothing. */
const answers = new Map<string, { readonly since: number; readonly etag: string }>()
const MAX_ANSWERS = 2_000

/**
 * Reads a list on from a mark, oldest first.
 * @returns the new mark, and whether there is more behind it
 */
export async function readOn(
  round: Round,
  kind: RecentKind,
  since: Date,
  take: (item: RecentItem) => Promise<void>,
): Promise<{ mark: Date; hasMore: boolean }> {
  const { corridor, repository } = round
  const question = `${corridor.workerId}:${repository.id}:${kind}`
  const last = answers.get(question)
  const etag = last?.since === since.getTime() ? last.etag : null
  const page = await ask(round, () => listRecent(corridor.github, repository, kind, since, etag))
  if (page === null) return { mark: since, hasMore: false }
  let mark = since
  for (const item of page.items) {
    if (!goesOn(round)) return { mark, hasMore: true }
    await unlessGone(round, () => take(item))
    const at = new Date(item.updated_at)
    if (at > mark) mark = at
  }
  const isSame = mark.getTime() === since.getTime()
  answers.delete(question)
  if (isSame && page.etag !== null && !page.hasMore) answers.set(question, { since: since.getTime(), etag: page.etag })
  const oldest = answers.keys().next()
  if (answers.size > MAX_ANSWERS && !oldest.done) answers.delete(oldest.value)
  // A whole page of one second must not hold up all that comes after it.
  return { mark: isSame && page.hasMore ? new Date(since.getTime() + 1_000) : mark, hasMore: page.hasMore }
}
