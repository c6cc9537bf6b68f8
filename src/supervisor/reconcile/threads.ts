import type { RecentItem } from '../../github/recent.ts'
import { readThreadJson } from '../../github/recent.ts'
import { wasHeardSince } from '../../store/known-sources.ts'
import { latestTaskOf, openTasksOf } from '../../store/tasks.ts'
import { readLabels } from './labels.ts'
import { readPull } from './pulls.ts'
import { ask, bringIn, GHOST, isNews, type Round, readAs, readOn } from './round.ts'

/** Finds what happened to issues and pull requests that no delivery told of: labels put, threads closed, reviews. */
export function readThreads(round: Round, since: Date): Promise<{ mark: Date; hasMore: boolean; sawPull: boolean }> {
  let sawPull = false
  return readOn(round, 'threads', since, async (thread) => {
    const number = Number(thread['number'])
    const isPull = isObject(thread['pull_request'])
    sawPull ||= isPull
    if (thread['state'] === 'open') await readLabels(round, thread, since)
    const task = await latestTaskOf(round.corridor.db.prisma, round.repository.id, number)
    if (!task) return
    if (task.pullNumber === number) await readPull(round, number)
    else if (thread['state'] === 'closed') await bringClosed(round, thread, number)
  }).then((read) => ({ ...read, sawPull }))
}

async function bringClosed(round: Round, thread: RecentItem, number: number): Promise<void> {
  const { db } = round.corridor
  if ((await openTasksOf(db.prisma, round.repository.id, number)).length === 0) return
  const at = new Date(String(thread['closed_at'] ?? thread.updated_at))
  if (await wasHeardSince(db, { repositoryId: round.repository.id, issueNumber: number }, 'thread_changed', at)) return
  const id = `reconciled-closed-${Number(thread['id'])}-${at.getTime() / 1_000}`
  const content = (issue: object, sender: object): object => ({ action: 'closed', issue, sender })
  if (!(await isNews(round, id, readAs(round, 'issues', id, content(thread, GHOST))))) return
  // Who closed it decides what follows; lists do not tell.
  const issue = await ask(round, () => readThreadJson(round.corridor.github, round.repository, number))
  const closedBy = 'closed_by' in issue && isObject(issue.closed_by) ? issue.closed_by : GHOST
  await bringIn(round, 'issues', id, content(issue, closedBy))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
