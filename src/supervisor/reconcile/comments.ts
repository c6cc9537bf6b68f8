import type { RecentItem } from '../../github/recent.ts'
import { readPullJson, readThreadJson } from '../../github/recent.ts'
import { openTasksOf } from '../../store/tasks.ts'
import type { Happening, Intake } from '../../task/command.ts'
import { ask, bringIn, GHOST, isNews, type Round, readAs, readOn } from './round.ts'

/** Times have whole seconds, and the two of a new comment are not always taken in the same one. */
const SAME_MOMENT_MS = 1_000

/** Finds commands in comments that no delivery told of. */
export function readComments(round: Round, since: Date): Promise<{ mark: Date; hasMore: boolean }> {
  return readOn(round, 'comments', since, async (comment) => {
    const number = numberIn(comment['issue_url'])
    const read = (): Promise<object> => readThreadJson(round.corridor.github, round.repository, number)
    await bringComment(round, comment, { event: 'issue_comment', name: 'comment', thread: 'issue', number, read })
  })
}

/** The same for comments on lines of pull requests. */
export function readLineComments(round: Round, since: Date): Promise<{ mark: Date; hasMore: boolean }> {
  return readOn(round, 'line_comments', since, async (comment) => {
    const number = numberIn(comment['pull_request_url'])
    const read = (): Promise<object> => readPullJson(round.corridor.github, round.repository, number)
    const event = 'pull_request_review_comment'
    await bringComment(round, comment, { event, name: 'line-comment', thread: 'pull_request', number, read })
  })
}

interface Place {
  readonly event: string
  readonly name: string
  readonly thread: 'issue' | 'pull_request'
  readonly number: number
  readonly read: () => Promise<object>
}

async function bringComment(round: Round, comment: RecentItem, place: Place): Promise<void> {
  const { id, user, created_at: createdAt, updated_at: updatedAt } = comment
  // What it said when it was written is not known any more, and an edit never commands (SPEC 1.1).
  if (Date.parse(updatedAt) - Date.parse(String(createdAt)) > SAME_MOMENT_MS) return
  const deliveryId = `reconciled-${place.name}-${Number(id)}`
  const content = (thread: object): object => ({ action: 'created', comment, [place.thread]: thread, sender: user })
  // A first look without the thread: most comments are nobody's command.
  const stub = { number: place.number, title: '', body: '', user: GHOST, labels: [], updated_at: updatedAt }
  const intake = readAs(round, place.event, deliveryId, content(stub))
  if (!(await isNews(round, deliveryId, intake)) || !(await isAwaited(round, intake))) return
  await bringIn(round, place.event, deliveryId, content(await ask(round, place.read)))
}

/** A comment that is no command matters only to a task that waits for its author's answer. */
async function isAwaited({ corridor, repository }: Round, intake: Intake): Promise<boolean> {
  if (intake.kind !== 'happening') return true
  const reply = plainReply(intake.happening)
  if (reply === null) return true
  const open = await openTasksOf(corridor.db.prisma, repository.id, reply.issueNumber)
  return open.some((t) => t.waitingOn === 'clarification' && t.requester.id === reply.actor.id)
}

const plainReply = (h: Happening): Extract<Happening, { kind: 'plain_reply' }> | null =>
  h.kind === 'plain_reply' ? h : null

/** The number at the end of an address. */
const numberIn = (url: unknown): number => Number(/\/(\d+)$/.exec(String(url))?.[1] ?? 0)
