import { requestsOf } from '../../store/change-requests.ts'
import type { Tx } from '../../store/database.ts'
import { followUpStart } from '../../store/history.ts'
import { keysOf, wantSurface } from '../../store/outbox.ts'
import type { StoredTask } from '../../store/tasks.ts'
import { surfaceOwner } from '../../store/tasks.ts'
import type { LineThread } from '../../task/line-thread.ts'
import type { Verdict } from '../../task/task.ts'
import type { Corridor } from '../corridor.ts'

/** What an answer in a thread is made from; kept with its outbox row, because the task may be a round further by then. */
export interface ThreadToAnswer {
  readonly pullNumber: number
  readonly path: string
  readonly thread: LineThread
  /** The commits before and after the round. */
  readonly before: string
  readonly after: string
  readonly verdict: Verdict | null
}

/** As many as a review is read with. */
const MAX_THREADS = 100

/**
 * The threads whose wishes were worked on in the round that has just been judged and pushed, each once, and none that was
 * answered before.
 * @returns writes what is to be said; null where nothing is
 */
export async function answerThreads({ db }: Corridor, task: StoredTask): Promise<((tx: Tx) => Promise<void>) | null> {
  const { pullNumber, headSha, followUps, verdict } = task
  if (pullNumber === null || headSha === null) return null
  const places = await placesOf({ db }, task)
  if (places.size === 0) return null
  const before = (await followUpStart(db, task.id)) ?? task.inputs.startSha ?? task.baseSha ?? headSha
  const known = await keysOf(db, task.id, 'thread_reply')
  const fresh = [...places.values()].filter(({ thread }) => !known.has(`${task.id}:thread_reply:${partOf(thread)}`))
  if (fresh.length === 0) return null
  return async (tx) => {
    for (const { path, thread } of fresh.slice(0, MAX_THREADS)) {
      const payload: ThreadToAnswer = { pullNumber, path, thread, before, after: headSha, verdict }
      await wantSurface(tx, surfaceOwner(task), 'thread_reply', partOf(thread), payload)
    }
  }

  function partOf({ id }: LineThread): string {
    return `${followUps}:${id}`
  }
}

interface Place {
  readonly path: string
  readonly thread: LineThread
}

/** By thread: what is said twice in one thread is answered once, where it was said last. */
async function placesOf({ db }: Pick<Corridor, 'db'>, task: StoredTask): Promise<Map<number, Place>> {
  const { location, lines = [] } = task.inputs
  const asked =
    task.followUps === 0
      ? [...lines, ...(location === null ? [] : [location])]
      : (await requestsOf(db, task.id, task.followUps)).flatMap((request) => request.lines)
  return new Map(asked.flatMap(({ path, thread }) => (thread ? [[thread.id, { path, thread }] as const] : [])))
}
