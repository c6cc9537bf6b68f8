import type pg from 'pg'
import type { LoopbackGitHub } from '../../src/demo/loopback-github.ts'
import type { CheckRunJson, CommentJson, PullJson, RecordedRequest } from '../../src/demo/types.ts'
import { type FoundProcess, processesWith } from './processes.ts'
import { until } from './until.ts'

/** What can be seen of the program from outside: on GitHub, in the process table, in the database. */
export interface Sight {
  readonly bot: string
  until<T>(what: string, look: () => T | Promise<T>, ms?: number): Promise<Exclude<NonNullable<T>, false>>
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Comments of the App, oldest first. */
  mine(issue: number): Promise<CommentJson[]>
  /** Waits until one of the App's comments there matches; gives its text. */
  says(issue: number, pattern: RegExp, ms?: number): Promise<string>
  /** The first pull request; waits for it. */
  pull(): Promise<PullJson>
  /** Waits for the completed check run of a commit. */
  checkOn(sha: string): Promise<CheckRunJson>
  /** Every check run that the App ever made. */
  checks(): Promise<CheckRunJson[]>
  /** Whether a check run was ever given the conclusion `success`, also for a moment. */
  wasEverGreen(): boolean
  /** Waits until the newest task is in a state (`DONE`), rests for something (`review`), or both (`PLAN approval`). */
  reaches(where: string, ms?: number): Promise<TaskRow>
  /** Waits until all deliveries are handled and GitHub shows all that it is to show. */
  settled(): Promise<void>
  /** Living processes of the agent and what it started. */
  agents(): FoundProcess[]
  /** The same of all that the program started: agents, verifications, git. */
  processes(): FoundProcess[]
  /** How often an agent was started, in all tasks. */
  agentRuns(): Promise<number>
  /** Requests of the App, git left out. */
  calls(): RecordedRequest[]
  log(): string
}

export interface TaskRow {
  readonly id: string
  readonly state: string
  readonly waiting_on: string | null
  readonly reason_code: string
  readonly verdict: string | null
  readonly outcome: string
  readonly head_sha: string | null
}

const CHECK = 'Supervisor verification'
const FINAL = ['DONE', 'FAILED', 'CANCELLED']

export function openSight(o: {
  readonly gh: LoopbackGitHub
  readonly repo: string
  readonly dir: string
  readonly client: pg.Client
  readonly log: () => string
}): Sight {
  const { gh, repo } = o
  const bot = `${gh.app.slug}[bot]`
  const query: Sight['query'] = async (sql, values = []) => (await o.client.query(sql, values)).rows
  const newest = async (): Promise<TaskRow | undefined> =>
    (await query<TaskRow & pg.QueryResultRow>('select * from tasks order by id desc limit 1'))[0]
  const mine: Sight['mine'] = async (issue) =>
    (await gh.view.comments(repo, issue)).filter(({ user }) => user.login === bot)

  /** The state of affairs, for the text of a failure. */
  const told = async (): Promise<string> => {
    const task = await newest()
    const said = task
      ? await query<{ issue_number: number }>('select issue_number from tasks where id = $1', [task.id])
      : []
    const comments = said[0] ? await mine(said[0].issue_number) : []
    return [
      task ? `task: ${task.state}, waits for ${task.waiting_on}, ${task.reason_code}` : 'there is no task',
      ...comments.map(({ body }) => `comment: ${body.slice(0, 1_500)}`),
      `log: ${o.log().slice(-3_000)}`,
    ].join('\n')
  }
  const wait: Sight['until'] = (what, look, ms = 45_000) => until(what, look, ms, told)

  return {
    bot,
    until: wait,
    query,
    mine,
    says: (issue, pattern, ms) =>
      wait(
        `comment of the App on #${issue} that matches ${pattern}`,
        async () => (await mine(issue)).map(({ body }) => body).find((body) => pattern.test(body)),
        ms,
      ),
    pull: async () => {
      const pull = await wait('pull request', async () => (await gh.view.pulls(repo))[0])
      return gh.view.pull(repo, pull.number)
    },
    checkOn: (sha) =>
      wait(`completed check run on ${sha}`, async () =>
        (await gh.view.checkRuns(repo, sha)).find(({ name, status }) => name === CHECK && status === 'completed'),
      ),
    checks: async () => {
      const made = gh.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/check-runs'))
      const heads = new Set(made.map(({ body }) => String((JSON.parse(body) as { head_sha: unknown }).head_sha)))
      const runs = await Promise.all([...heads].map((sha) => gh.view.checkRuns(repo, sha)))
      return runs.flat().filter(({ name }) => name === CHECK)
    },
    wasEverGreen: () =>
      gh.requests.some(
        ({ path, body }) => /\/check-runs(\/\d+)?$/.test(path) && /"conclusion":\s*"success"/.test(body),
      ),
    reaches: (wanted, ms) =>
      wait(
        `task that reaches ${wanted}`,
        async () => {
          const task = await newest()
          if (task && FINAL.includes(task.state) && task.state !== wanted)
            throw new Error(`the task is ${task.state} (${task.reason_code}), not ${wanted}\n${await told()}`)
          const places = [task?.state, task?.waiting_on, `${task?.state} ${task?.waiting_on}`]
          return task && places.includes(wanted) ? task : null
        },
        ms,
      ),
    settled: async () => {
      await gh.settle()
      await wait('end of all that is under way', async () => {
        const [row] = await query<{ open: string }>(
          `select (select count(*) from deliveries where status = 'received')
            + (select count(*) from outbox o where o.wanted > o.sent and o.dead_at is null
              and not (o.surface = 'mergeable' and o.not_before > now()) and not exists (
                select 1 from outbox given_up where given_up.task_id = o.task_id and given_up.dead_at is not null
                and given_up.rank < o.rank and o.surface in ('pull', 'check', 'ready', 'reviewers')))
            + (select count(*) from commands where applied_at is null and task_id is not null) as open`,
        )
        return row?.open === '0'
      })
    },
    agents: () => processesWith(`AGENT_OF=${o.dir}`),
    processes: () => processesWith(o.dir),
    agentRuns: async () => {
      const [row] = await query<{ runs: string }>('select coalesce(sum(attempts), 0) as runs from jobs')
      return Number(row?.runs)
    },
    calls: () => gh.requests.filter(({ git, caller }) => !git && caller !== 'user'),
    log: o.log,
  }
}
