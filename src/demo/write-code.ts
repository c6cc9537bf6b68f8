import { ask } from './ask-emulator.ts'
import type { RepositoryRow } from './emulator-rows.ts'
import { sendEvent } from './events.ts'
import { asJson, type Json } from './json.ts'
import { project, type RefChange } from './projection.ts'
import { userNamed, type World } from './world.ts'

/**
 * The one way in which code changes, whoever changes it: git push, a merge, the contents API, a person's push. The
 * write moves refs in the bare repository; then the emulator is drawn anew, pull requests follow their branches, and
 * webhooks go out in the name of `login`.
 */
export async function writeCode<T>(
  world: World,
  repository: RepositoryRow,
  login: string,
  write: () => Promise<T>,
  options: { silent?: boolean } = {},
): Promise<T> {
  const { repositories, emulator } = world
  const [result, changes] = await repositories.alone(repository.full_name, async () => {
    const written = await write()
    return [written, await project(emulator, repositories, repository)] as const
  })
  if (options.silent !== true) for (const change of changes) await follow(world, repository, login, change)
  return result
}

/** What must be so when the write is answered is done at once, what is only told is told later. */
async function follow(world: World, repository: RepositoryRow, login: string, change: RefChange): Promise<void> {
  const { ref, after } = change
  const branch = ref.replace(/^refs\/heads\//, '')
  world.later(() => tell(world, repository, login, branch, change))
  if (branch === ref) return
  if (after !== null) await requestSuite(world, repository, branch, after)
  await followPulls(world, repository, login, branch, change)
}

async function tell(
  world: World,
  repository: RepositoryRow,
  login: string,
  branch: string,
  { ref, before, after }: RefChange,
): Promise<void> {
  const fullName = repository.full_name
  const sender = userNamed(world, login)
  const send = (event: string, payload: Json): Promise<void> =>
    sendEvent(world, event, { ...payload, sender }, fullName)
  const [commits, isForced] = await Promise.all([
    after === null ? [] : commitsOf(world, fullName, branch, before, after),
    before !== null && after !== null && isAncestor(world, fullName, before, after).then((is) => !is),
  ])
  await send('push', {
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    created: before === null,
    deleted: after === null,
    forced: isForced,
    base_ref: null,
    compare: `${world.url}/${fullName}/compare/${(before ?? ZERO).slice(0, 12)}...${(after ?? ZERO).slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: login, email: null },
  })
  const kind = {
    ref: branch.replace(/^refs\/tags\//, ''),
    ref_type: ref === branch ? 'tag' : 'branch',
    pusher_type: 'user',
  }
  if (before === null) await send('create', { ...kind, master_branch: repository.default_branch, description: null })
  if (after === null) await send('delete', kind)
  if (branch !== repository.default_branch) return
  await closeIssues(world, repository, login, commits.map((commit) => commit.message).join('\n'))
}

const ZERO = '0'.repeat(40)

async function isAncestor(world: World, fullName: string, before: string, after: string): Promise<boolean> {
  const base = await world.repositories.git(fullName, ['merge-base', before, after], { allow: [1] })
  return base === before
}

type PushedCommit = Json & { readonly message: string }

/** Commits of the push, oldest first; GitHub lists at most 2,048, this one 100. */
async function commitsOf(
  world: World,
  fullName: string,
  branch: string,
  before: string | null,
  after: string,
): Promise<PushedCommit[]> {
  const range = before === null ? [after, '--not', `--exclude=${branch}`, '--branches'] : [after, `^${before}`]
  const format = '--format=%H%x00%T%x00%an%x00%ae%x00%cI%x00%B%x01'
  const log = await world.repositories.git(fullName, ['log', '--max-count=100', '--reverse', format, ...range, '--'], {
    allow: [128],
  })
  return log
    .split('\x01')
    .map((entry) => entry.replace(/^\n/, '').split('\0'))
    .filter(([sha]) => sha !== undefined && sha !== '')
    .map(([id, tree_id, name, email, timestamp, message = '']) => ({
      id,
      tree_id,
      message: message.trimEnd(),
      timestamp,
      url: `${world.url}/${fullName}/commit/${id}`,
      author: { name, email },
      committer: { name, email },
      distinct: true,
    }))
}

/** GitHub opens a check suite for every App with `checks: write` on every push, and it often stays without runs. */
async function requestSuite(world: World, repository: RepositoryRow, branch: string, sha: string): Promise<void> {
  if (world.manifest.permissions['checks'] !== 'write') return
  await ask(world, 'POST', `/repos/${repository.full_name}/check-suites`, { head_sha: sha, head_branch: branch })
}

async function followPulls(
  world: World,
  repository: RepositoryRow,
  login: string,
  branch: string,
  { before, after }: RefChange,
): Promise<void> {
  const { pulls } = world.emulator.rows
  const path = `/repos/${repository.full_name}/pulls`
  const open = pulls.findBy('repo_id', repository.id).filter((row) => row.state === 'open' && row.head_ref === branch)
  for (const pull of open) {
    if (after === null) {
      await ask(world, 'PATCH', `${path}/${pull.number}`, { state: 'closed' }, login)
    } else if (pull.head_sha !== after) {
      pulls.update(pull.id, { head_sha: after })
      await pointPullRef(world, repository.full_name, pull.number, after)
      world.later(async () => {
        const pull_request = asJson(await ask(world, 'GET', `${path}/${pull.number}`))
        // By now the branch may be further on.
        const head = { ...asJson(pull_request['head']), sha: after }
        const payload = { before, after, pull_request: { ...pull_request, head }, sender: userNamed(world, login) }
        await sendEvent(world, 'pull_request', { action: 'synchronize', ...payload }, repository.full_name)
      })
    }
  }
}

/** `refs/pull/N/head`, which everybody can fetch. */
export async function pointPullRef(world: World, fullName: string, number: number, sha: string): Promise<void> {
  await world.repositories.git(fullName, ['update-ref', `refs/pull/${number}/head`, sha])
}

/** Closing words count on the default branch only (GitHub's documentation, "Linking a pull request to an issue"). */
export async function closeIssues(world: World, repository: RepositoryRow, login: string, text: string): Promise<void> {
  for (const [, number] of text.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? +#(\d+)\b/gi)) {
    const issue = world.emulator.rows.issues
      .findBy('repo_id', repository.id)
      .find((row) => row.number === Number(number) && row.state === 'open' && !row.is_pull_request)
    if (!issue) continue
    const patch = { state: 'closed', state_reason: 'completed' }
    await ask(world, 'PATCH', `/repos/${repository.full_name}/issues/${issue.number}`, patch, login)
  }
}
