import { Prisma } from '../../generated/prisma/client.ts'
import { FINAL_STATES, STATES, type State } from '../../task/states.ts'
import type { WaitingOn } from '../../task/task.ts'
import type { Database } from '../database.ts'

/** A task as a line of a list. */
export interface ListedTask {
  readonly id: string
  readonly title: string
  readonly repository: string
  readonly issueNumber: number
  readonly pullNumber: number | null
  readonly state: State
  readonly waitingOn: WaitingOn | null
  readonly reasonCode: string
  readonly verdict: string | null
  readonly outcome: string
  readonly type: string | null
  readonly requesterLogin: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly spentUsd: number
}

export const LIST_GROUPS = ['all', 'open', 'people', 'working', 'done', 'failed', 'cancelled'] as const

export interface ListFilter {
  /** `people`: waits for somebody to say something; `working`: goes on by itself. */
  readonly group: (typeof LIST_GROUPS)[number]
  /** `owner/name`, or null. */
  readonly repository: string | null
  /** A part of the title, the end of an id, or `#number`; empty = all. */
  readonly text: string
  /** Only of these repositories; null = of all. */
  readonly repositoryIds: readonly number[] | null
}

/** From which task on: `before` is older, `after` newer; neither = the newest. */
export interface ListCursor {
  readonly before: string | null
  readonly after: string | null
}

export interface ListPage {
  readonly tasks: readonly ListedTask[]
  readonly newer: string | null
  readonly older: string | null
}

export const PAGE_SIZE = 50
const OPEN: string[] = STATES.filter((state) => !(FINAL_STATES as readonly string[]).includes(state))

/** One page, newest first, found by key: the thousandth page costs what the first does. */
export async function listPage(db: Database, filter: ListFilter, { before, after }: ListCursor): Promise<ListPage> {
  const isBackwards = after !== null
  const position =
    after !== null ? Prisma.sql`t.id > ${after}` : before !== null ? Prisma.sql`t.id < ${before}` : Prisma.sql`true`
  const order = isBackwards ? Prisma.sql`t.id asc` : Prisma.sql`t.id desc`
  const found = await db.prisma.$queryRaw<ListedTask[]>`
    select t.id, t.title, r.owner || '/' || r.name as repository, t.issue_number as "issueNumber",
      t.pull_number as "pullNumber", t.state, t.waiting_on as "waitingOn", t.reason_code as "reasonCode", t.verdict,
      t.outcome, t.type, t.requester_login as "requesterLogin", t.created_at as "createdAt", t.updated_at as "updatedAt",
      (select coalesce(sum(s.cost_usd), 0) from spending s where s.task_id = t.id)::float8 + t.spent_before_usd as "spentUsd"
    from tasks t join repositories r on r.id = t.repository_id
    where ${Prisma.join([position, ...conditions(filter)], ' and ')}
    order by ${order} limit ${PAGE_SIZE + 1}`
  const tasks = found.slice(0, PAGE_SIZE)
  if (isBackwards) tasks.reverse()
  const hasMore = found.length > PAGE_SIZE
  const first = tasks.at(0)?.id ?? null
  const last = tasks.at(-1)?.id ?? null
  return {
    tasks,
    newer: isBackwards ? (hasMore ? first : null) : before === null ? null : first,
    older: isBackwards ? (last ?? after) : hasMore ? last : null,
  }
}

function conditions({ group, repository, text, repositoryIds }: ListFilter): Prisma.Sql[] {
  const all = [GROUPS[group]]
  if (repositoryIds !== null) all.push(Prisma.sql`t.repository_id = any(${repositoryIds.map(BigInt)}::bigint[])`)
  if (repository !== null)
    all.push(Prisma.sql`t.repository_id in (
      select id from repositories where lower(owner || '/' || name) = lower(${repository}))`)
  const number = /^#(\d{1,9})$/.exec(text)?.[1]
  if (number !== undefined) all.push(Prisma.sql`${Number(number)} in (t.issue_number, t.pull_number)`)
  else if (text !== '')
    all.push(Prisma.sql`(t.title ilike ${`%${likeText(text)}%`} or t.id like ${`%${likeText(text.toUpperCase())}`})`)
  return all
}

const GROUPS: Record<ListFilter['group'], Prisma.Sql> = {
  all: Prisma.sql`true`,
  open: Prisma.sql`t.state = any(${OPEN})`,
  people: Prisma.sql`(t.state = 'PAUSED' or (t.state = any(${OPEN})
    and t.waiting_on in ('clarification', 'approval', 'review', 'budget')))`,
  working: Prisma.sql`t.state = any(${OPEN}) and t.state <> 'PAUSED'
    and coalesce(t.waiting_on, 'ci') not in ('clarification', 'approval', 'review', 'budget')`,
  done: Prisma.sql`t.state = 'DONE'`,
  failed: Prisma.sql`t.state = 'FAILED'`,
  cancelled: Prisma.sql`t.state = 'CANCELLED'`,
}

/** What a person typed is looked for as it stands. */
const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Repositories that have had tasks, the latest active first; at most 500. */
export async function repositoriesWithTasks(db: Database) {
  const rows = await db.prisma.repository.findMany({
    where: { tasks: { some: {} } },
    orderBy: { updatedAt: 'desc' },
    take: 500,
  })
  return rows.map((r) => ({
    id: Number(r.id),
    installationId: Number(r.installationId),
    owner: r.owner,
    name: r.name,
    private: r.private,
    defaultBranch: r.defaultBranch,
  }))
}
