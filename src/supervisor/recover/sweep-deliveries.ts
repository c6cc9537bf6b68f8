import type { AttemptPage } from '../../github/deliveries.ts'
import { listAttempts, redeliver } from '../../github/deliveries.ts'
import { isAnswer, isRefusal } from '../../github/failure.ts'
import type { MissedDelivery, SweepPosition } from '../../store/delivery-sweep.ts'
import {
  beginSweep,
  countTry,
  openDeliveries,
  settleArrived,
  settleMissed,
  storeSweep,
  sweptAt,
  uncountTry,
} from '../../store/delivery-sweep.ts'
import { withLock } from '../../store/installation-lock.ts'
import type { Corridor } from '../corridor.ts'

const EVERY_MS = 5 * 60_000
const MAX_PAGES = 10
/** Most deliveries that are asked for in one sweep. */
const BATCH = 100
const MAX_TRIES = 3
/** After each try. Spread out, because what does not answer now may be away for hours; GitHub keeps three days. */
const PAUSES_MS = [60_000, 60 * 60_000, 60_000]
/** Attempts may be logged a little later than they were made. */
const OVERLAP_MS = 10 * 60_000

/**
 * Asks GitHub again for what it could not deliver while we were away (SPEC 13.3): it never does so by itself. Only what
 * the inbox does not know, and what arrived at no attempt.
 * @param startedAt given: without waiting for the next turn, and only what failed before then. GitHub's own next tries, and
 * whoever plays with signatures, are not answered by us within seconds.
 */
export async function sweepDeliveries(
  corridor: Corridor,
  stopping: () => boolean,
  startedAt: Date | null = null,
): Promise<void> {
  const { db, github } = corridor
  if (startedAt === null && !(await isDue(corridor))) return
  await withLock(db, `deliveries:${github.appId}`, async (isHeld) => {
    if (startedAt === null && !(await isDue(corridor))) return
    const goesOn = (): boolean => isHeld() && !stopping()
    await readLog(corridor, await beginSweep(db, github.appId), startedAt ?? new Date(), goesOn)
    await settleArrived(db)
    const missed = await openDeliveries(db, PAUSES_MS, BATCH)
    const delivered = await deliveredMeanwhile(corridor, missed)
    const { length } = missed
    if (length > 0) corridor.log.info({ missed: length, delivered: delivered.size }, 'deliveries that did not arrive')
    for (const one of missed) if (!delivered.has(one.guid) && goesOn()) await askAgain(corridor, one)
  })
}

async function isDue({ db, github }: Corridor): Promise<boolean> {
  const last = await sweptAt(db, github.appId)
  return last === null || last.getTime() + EVERY_MS <= Date.now()
}

/** From the newest failure down to where the last pass began. One that is cut short goes on where it stopped. */
async function readLog(corridor: Corridor, from: SweepPosition, until: Date, goesOn: () => boolean): Promise<void> {
  const { db, github } = corridor
  const knownUntil = from.readUntil === null ? 0 : from.readUntil.getTime() - OVERLAP_MS
  let { cursor, passFrom } = from
  for (let pages = 0; pages < MAX_PAGES && goesOn(); pages++) {
    const page = await pageAt(corridor, cursor)
    if (page === null) {
      await storeSweep(db, github.appId, { readUntil: from.readUntil, passFrom: null, cursor: null }, [])
      return
    }
    passFrom ??= page.attempts[0]?.at ?? null
    const failed = page.attempts.filter(({ arrived, at }) => !arrived && at.getTime() >= knownUntil && at <= until)
    const isThrough = page.next === null || page.attempts.some((a) => a.at.getTime() < knownUntil)
    cursor = page.next
    const position = isThrough
      ? { readUntil: passFrom ?? from.readUntil, passFrom: null, cursor: null }
      : { readUntil: from.readUntil, passFrom, cursor }
    await storeSweep(db, github.appId, position, failed)
    if (isThrough) return
  }
}

/** null: the attempt that the cursor names is too old to be known, and the next sweep starts from the newest again. */
async function pageAt({ github }: Corridor, cursor: string | null): Promise<AttemptPage | null> {
  try {
    return await listAttempts(github, 'failure', cursor)
  } catch (error) {
    if (cursor !== null && isAnswer(error, 400, 404, 422)) return null
    throw error
  }
}

/** Those of which the log has an attempt that arrived, perhaps in the inbox of another database. */
async function deliveredMeanwhile(
  { db, github }: Corridor,
  missed: readonly MissedDelivery[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set(missed.filter(({ tries }) => tries === 0).map(({ guid }) => guid))
  const oldest = Math.min(...missed.filter(({ guid }) => wanted.has(guid)).map(({ at }) => at.getTime()))
  const found = new Set<string>()
  let cursor: string | null = null
  for (let pages = 0; pages < MAX_PAGES && wanted.size > found.size; pages++) {
    const page = await listAttempts(github, 'success', cursor)
    for (const { guid, arrived } of page.attempts) if (arrived && wanted.has(guid)) found.add(guid)
    cursor = page.next
    if (cursor === null || page.attempts.some((a) => a.at.getTime() < oldest - OVERLAP_MS)) break
  }
  await settleMissed(db, [...found], 'delivered')
  return found
}

async function askAgain({ db, github, log }: Corridor, missed: MissedDelivery): Promise<void> {
  if (missed.tries >= MAX_TRIES) {
    log.warn({ delivery_id: missed.guid, event: missed.event }, 'a delivery does not arrive; given up')
    return settleMissed(db, [missed.guid], 'given_up')
  }
  await countTry(db, missed.guid)
  try {
    if (!(await redeliver(github, missed.attemptId))) await settleMissed(db, [missed.guid], 'given_up')
  } catch (error) {
    if (isRefusal(error)) await uncountTry(db, missed)
    throw error
  }
}
