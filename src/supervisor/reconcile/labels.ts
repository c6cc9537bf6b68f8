import type { RecentItem } from '../../github/recent.ts'
import { listEventsJson } from '../../github/recent.ts'
import { wasHeardSince } from '../../store/known-sources.ts'
import { ask, bringIn, GHOST, type Round, readAs } from './round.ts'

interface Labeled {
  readonly id?: unknown
  readonly event?: unknown
  readonly actor?: unknown
  readonly created_at?: unknown
  readonly label?: { readonly name?: unknown } | null
}

/**
 * A label that starts a task and still is where somebody put it: one that was heard is taken off. Who put it, and when,
 * stands in the events of the thread; what is older than the last round was looked at in its time.
 */
export async function readLabels(round: Round, thread: RecentItem, since: Date): Promise<void> {
  const names = labelsOf(thread).filter((name) => isTrigger(round, thread, name))
  if (names.length === 0) return
  const { corridor, repository } = round
  const issueNumber = Number(thread['number'])
  const events = (await ask(round, () => listEventsJson(corridor.github, repository, issueNumber))) as Labeled[]
  for (const name of names) {
    const put = events.findLast((e) => e.event === 'labeled' && e.label?.name === name)
    if (put === undefined) continue
    const at = new Date(String(put.created_at))
    if (at.getTime() < Math.floor(since.getTime() / 1_000) * 1_000) continue
    if (await wasHeardSince(corridor.db, { repositoryId: repository.id, issueNumber }, 'label', at)) continue
    const { event, content } = labeled(thread, name, put.actor)
    await bringIn(round, event, `reconciled-label-${Number(put.id)}`, content)
  }
}

function labelsOf(thread: RecentItem): string[] {
  const labels: unknown = thread['labels']
  return (Array.isArray(labels) ? labels : []).flatMap((l: unknown) => {
    const name: unknown = typeof l === 'object' && l !== null && 'name' in l ? l.name : l
    return typeof name === 'string' ? [name] : []
  })
}

/** Whether the label would start a task if a person had put it: that costs no request to find out. */
function isTrigger(round: Round, thread: RecentItem, name: string): boolean {
  const { event, content } = labeled(thread, name, GHOST)
  return readAs(round, event, 'reconciled-label', content).kind === 'command'
}

function labeled(thread: RecentItem, name: string, sender: unknown): { event: string; content: object } {
  const isPull = typeof thread['pull_request'] === 'object' && thread['pull_request'] !== null
  return {
    event: isPull ? 'pull_request' : 'issues',
    content: { action: 'labeled', label: { name }, [isPull ? 'pull_request' : 'issue']: thread, sender },
  }
}
