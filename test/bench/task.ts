import { setTimeout as sleep } from 'node:timers/promises'
import { probeSandbox } from '../../src/process/sandbox.ts'
import type { Asked } from './entries/github.ts'
import type { Ground } from './server.ts'

const LOOK_MS = 50
const LIMIT_MS = 60_000

/** An agent that says when it was started (nanoseconds since 1970), mends the sample's bug, and later says why in a comment. */
export async function agentSettings(): Promise<Record<string, unknown>> {
  const mend = `sed -i 's/page \\* size/(page - 1) * size/' src/pager.js`
  const script = `echo "started:$(date +%s%N)"; cat > /dev/null; if grep -q 'page - 1' src/pager.js; then echo '// Pages are counted from 1.' >> src/pager.js; else ${mend}; fi`
  return {
    backends: { agent: { type: 'script', command: ['/bin/sh', '-c', script], capabilities: ['coding'] } },
    prefer: { coding: ['agent'] },
    // One person asks for them all.
    budgets: { perUserHour: 1_000 },
    sandbox: (await probeSandbox()).available ? 'required' : 'off',
  }
}

export interface Rested extends Asked {
  readonly task: string
  readonly pull: number
}

/** Comments `/supervise` on a new issue, and waits until the verified pull request waits for its review. */
export async function askAndWait(ground: Ground, repo: string): Promise<Rested> {
  const asked = await ground.github.call<Asked>('ask', repo)
  const { id, pull_number } = await reaches(ground, asked.issue, ({ state, waiting_on }) => {
    if (state === 'FAILED' || state === 'CANCELLED') throw new Error(`the task of #${asked.issue} ended ${state}`)
    return waiting_on === 'review'
  })
  return { ...asked, task: id, pull: pull_number }
}

interface TaskRow {
  readonly id: string
  readonly state: string
  readonly waiting_on: string | null
  readonly pull_number: number
  readonly follow_ups: number
}

/** Resolves when the task is there and GitHub shows all that it should. */
export async function reaches({ sql }: Ground, issue: number, isThere: (task: TaskRow) => boolean): Promise<TaskRow> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(LOOK_MS)) {
    const { rows } = await sql.query<TaskRow & { unsent: number }>(
      `select t.id, t.state, t.waiting_on, t.pull_number, t.follow_ups,
        (select count(*)::int from outbox o where o.task_id = t.id and o.wanted > o.sent and o.dead_at is null) as unsent
      from tasks t where t.issue_number = $1`,
      [issue],
    )
    const [task] = rows
    if (task && isThere(task) && task.unsent === 0) return task
  }
  throw new Error(`the task of #${issue} did not get there within ${LIMIT_MS / 1000} s`)
}
