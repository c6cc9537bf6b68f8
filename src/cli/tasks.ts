import { listTasks } from '../store/tasks.ts'
import { withStore } from './with-store.ts'

/** `supervisor tasks`: one line each, or JSON. */
export async function tasks(options: { all?: true; limit: string; json?: true }): Promise<void> {
  const limit = Math.min(Math.max(Number.parseInt(options.limit, 10) || 50, 1), 1_000)
  const list = await withStore((db) => listTasks(db, { open: options.all !== true, limit }))
  if (options.json) return print(JSON.stringify(list.map(summary)))
  if (list.length === 0)
    return print(options.all ? 'No tasks yet.' : 'No open tasks. `supervisor tasks --all` shows ended ones.')
  for (const t of list.map(summary)) {
    print(
      `${t.id}  ${t.state.padEnd(17)} ${(t.waitingOn ?? '').padEnd(13)} ${t.repository}#${t.issue}${t.pull === null ? '' : ` → #${t.pull}`}  ${t.title}`,
    )
  }
}

function summary(t: Awaited<ReturnType<typeof listTasks>>[number]) {
  return {
    id: t.id,
    state: t.state,
    waitingOn: t.waitingOn,
    repository: `${t.repository.owner}/${t.repository.name}`,
    issue: t.issueNumber,
    pull: t.pullNumber,
    // Control characters of a hostile title must not reach a terminal.
    title: t.title.replaceAll(/\p{Cc}/gu, ' ').slice(0, 80),
    verdict: t.verdict,
    outcome: t.outcome,
    spentUsd: t.spentUsd,
    createdAt: t.createdAt,
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
