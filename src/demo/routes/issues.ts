import { atLeast, mustHave, roleOf } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { IssueRow, RepositoryRow } from '../emulator-rows.ts'
import { ApiFailure, invalid, notFound } from '../failure.ts'
import { asJson, asList, isJson, type Json, textAt } from '../json.ts'
import { type Call, forward, paged, repositoryRoute } from '../route.ts'
import { loginOf, type World } from '../world.ts'
import { mustFit, pullNumbered } from './pulls.ts'

/** The emulator keeps pull requests out of the issues; on GitHub every pull request is an issue too. */
export const issueRoutes = [
  repositoryRoute('GET', 'issues', async (world, call, repository) => {
    const query = withMs(call.query)
    query.set('per_page', '100')
    query.delete('page')
    const issues = await forward(world, { ...call, query })
    if (issues.status !== 200) return issues
    const all = [...asList(issues.body).filter(isJson), ...(await pullsAsIssues(world, call, repository))]
    const ascending = call.query.get('direction') === 'asc'
    const key = call.query.get('sort') === 'updated' ? 'updated_at' : 'number'
    all.sort((a, b) => compare(a[key], b[key]) * (ascending ? 1 : -1))
    return paged(world, call, all)
  }),
  repositoryRoute('POST', 'issues', (world, call) => {
    mustFit(call.body, { title: 256, body: 65_536 })
    return forward(world, call)
  }),
  repositoryRoute('GET|PATCH', 'issues/(\\d+)', async (world, call, repository, number) => {
    mustFit(call.body, { title: 256, body: 65_536 })
    const issue = issueNumbered(world, repository, number)
    if (call.method === 'PATCH') world.previousTexts.set(issue.id, { title: issue.title, body: issue.body })
    if (!issue.is_pull_request) return forward(world, call)
    const level = call.method === 'GET' ? 'read' : 'write'
    const permissions = ['issues', 'pull_requests']
    mustHave(world.emulator.rows, repository, call.caller, { permissions, level, role: 'read' })
    if (call.method === 'PATCH') {
      const path = `/repos/${repository.full_name}/pulls/${number}`
      await ask(world, 'PATCH', path, call.body, loginOf(world, call.caller))
    }
    return { status: 200, body: await pullAsIssue(world, repository, Number(number)) }
  }),
  // The emulator takes `comments` for the number of an issue.
  repositoryRoute('GET', '(issues|pulls)/comments', async (world, call, repository, kind) => {
    const permissions = kind === 'issues' ? ['issues', 'pull_requests'] : ['pull_requests']
    mustHave(world.emulator.rows, repository, call.caller, { permissions, level: 'read', role: 'read' })
    const type = kind === 'issues' ? 'issue' : 'review'
    const since = Date.parse(call.query.get('since') ?? '')
    const key = call.query.get('sort') === 'updated' ? 'updated_at' : 'id'
    const sign = call.query.has('sort') && call.query.get('direction') !== 'asc' ? -1 : 1
    const found = world.emulator.rows.comments
      .findBy('repo_id', repository.id)
      .filter((row) => row.comment_type === type)
      .filter((row) => Number.isNaN(since) || Date.parse(row.updated_at) >= since)
      .sort((a, b) => compare(a[key], b[key]) * sign)
    const page = paged(world, call, found)
    const path = `/repos/${repository.full_name}/${kind}/comments`
    const ids = asList(page.body).map((row) => Number(asJson(row)['id']))
    return { ...page, body: await Promise.all(ids.map((id) => ask(world, 'GET', `${path}/${id}`))) }
  }),
  repositoryRoute('GET', 'issues/\\d+/comments', async (world, call) => {
    const since = call.query.get('since')
    if (since === null) return forward(world, call)
    const all = await forward(world, { ...call, query: new URLSearchParams({ per_page: '100' }) })
    if (all.status !== 200) return all
    const from = Date.parse(since)
    const recent = asList(all.body)
      .filter(isJson)
      .filter((item) => Date.parse(textAt(item, 'updated_at')) >= from)
    return paged(world, call, recent)
  }),
  repositoryRoute('POST', 'issues/(\\d+)/comments', (world, call, repository, number) => {
    mustNotBeLocked(world, call, repository, issueNumbered(world, repository, number))
    mustFit(call.body, { body: 65_536 })
    if (textAt(call.body, 'body').trim() === '') throw invalid('Body cannot be blank')
    return forward(world, call)
  }),
  repositoryRoute('PATCH', 'issues/comments/(\\d+)', (world, call, _repository, id) => {
    mustFit(call.body, { body: 65_536 })
    const before = world.emulator.rows.comments.get(Number(id))
    if (before) world.previousBodies.set(before.id, before.body)
    return forward(world, call)
  }),
]

function issueNumbered(world: World, repository: RepositoryRow, number: unknown): IssueRow {
  const found = world.emulator.rows.issues
    .findBy('repo_id', repository.id)
    .find((issue) => issue.number === Number(number))
  if (!found) throw notFound()
  return found
}

/** The emulator compares times as text, and its own have milliseconds. */
function withMs(query: URLSearchParams): URLSearchParams {
  const copy = new URLSearchParams(query)
  const since = Date.parse(copy.get('since') ?? '')
  if (!Number.isNaN(since)) copy.set('since', new Date(since).toISOString())
  return copy
}

const compare = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))

async function pullsAsIssues(world: World, call: Call, repository: RepositoryRow): Promise<Json[]> {
  const state = call.query.get('state') ?? 'open'
  const labels = (call.query.get('labels') ?? '').split(',').filter((name) => name !== '')
  const since = Date.parse(call.query.get('since') ?? '')
  const creator = call.query.get('creator')
  const { pulls, labels: labelRows, users } = world.emulator.rows
  const names = (ids: readonly number[]): (string | undefined)[] => ids.map((id) => labelRows.get(id)?.name)
  const found = pulls
    .findBy('repo_id', repository.id)
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => labels.every((label) => names(pull.label_ids).includes(label)))
    .filter((pull) => creator === null || users.get(pull.user_id)?.login === creator)
    .filter((pull) => Number.isNaN(since) || Date.parse(pull.updated_at) >= since)
  return Promise.all(found.map((pull) => pullAsIssue(world, repository, pull.number)))
}

const OF_PULLS_ONLY =
  /^(head|base|merge.*|rebaseable|requested_.*|diff_url|patch_url|issue_url|commits.*|review_.*|statuses_url|additions|deletions|changed_files|maintainer_can_modify|auto_merge|_links)$/

async function pullAsIssue(world: World, repository: RepositoryRow, number: number): Promise<Json> {
  const path = `/repos/${repository.full_name}`
  const row = pullNumbered(world, repository, number)
  const issue = issueNumbered(world, repository, number)
  const pull = asJson(await ask(world, 'GET', `${path}/pulls/${number}`))
  const shared = Object.entries(pull).filter(([key]) => !OF_PULLS_ONLY.test(key))
  const api = `${world.url}${path}/issues/${number}`
  return {
    ...Object.fromEntries(shared),
    id: issue.id,
    url: api,
    repository_url: `${world.url}${path}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    labels_url: `${api}/labels{/name}`,
    pull_request: {
      url: pull['url'],
      html_url: pull['html_url'],
      diff_url: pull['diff_url'],
      patch_url: pull['patch_url'],
      merged_at: row.merged_at,
    },
  }
}

/** In a locked conversation only people with write access can speak, and no App. */
function mustNotBeLocked(world: World, call: Call, repository: RepositoryRow, issue: IssueRow): void {
  if (!issue.locked) return
  const { caller } = call
  const mayWrite = caller.kind === 'user' && atLeast(roleOf(world.emulator.rows, repository, caller.login), 'write')
  if (!mayWrite) throw new ApiFailure(403, 'Unable to create comment because issue is locked.')
}
