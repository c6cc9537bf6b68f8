import { mustHave } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { RepositoryRow } from '../emulator-rows.ts'
import { ApiFailure, invalid, notFound } from '../failure.ts'
import { asJson, asList, isJson, type Json, textAt } from '../json.ts'
import { forward, paged, repositoryRoute, route } from '../route.ts'
import { ACTIONS_APP, isoSeconds, loginOf, type Status, userNamed, type World } from '../world.ts'

const TEXT_LIMIT = 65_535
const STATES = ['error', 'failure', 'pending', 'success']

export const checkRoutes = [
  repositoryRoute('POST', 'check-runs', async (world, call, repository) => {
    checkLimits(call.body)
    const sha = textAt(call.body, 'head_sha')
    if (!(await world.repositories.resolve(repository.full_name, sha))) throw invalid(`No commit found for SHA: ${sha}`)
    const answer = await forward(world, call, withButtons(call.body))
    if (answer.status === 201) keepAnnotations(world, asJson(answer.body)['id'], annotationsIn(call.body))
    return answer
  }),
  repositoryRoute('PATCH', 'check-runs/(\\d+)', async (world, call, _repository, id) => {
    checkLimits(call.body)
    const body = withButtons(call.body)
    // Annotations add up over the updates of a run.
    const before = world.emulator.rows.checkRuns.get(Number(id))?.output.annotations ?? []
    const all = [...before, ...annotationsIn(body)]
    if (isJson(body['output'])) body['output'] = { ...body['output'], annotations: all }
    const answer = await forward(world, call, body)
    if (answer.status === 200) keepAnnotations(world, id, all)
    return answer
  }),
  repositoryRoute('GET', 'check-runs/(\\d+)/annotations', async (world, call, _repository, id) => {
    const answer = await forward(world, call)
    const list = asJson(answer.body)['check_annotations']
    const kept = world.emulator.rows.checkRuns.get(Number(id))?.output.annotations ?? []
    const titled = asList(list)
      .filter(isJson)
      .map((one) => ({ ...one, title: kept[Number(one['id']) - 1]?.['title'] ?? null }))
    return { ...answer, body: Array.isArray(list) ? titled : answer.body }
  }),
  // The run itself is not reset by GitHub; its App hears of the wish.
  repositoryRoute('POST', 'check-runs/(\\d+)/rerequest', async (world, call, repository, id) => {
    await wish(world, repository, loginOf(world, call.caller), Number(id), { action: 'rerequested' })
    return { status: 201, body: {} }
  }),
  // GitHub keeps logs at a storage of its own, and gives away a signed address that needs no token.
  repositoryRoute('GET', 'actions/jobs/(\\d+)/logs', (world, call, repository, id) => {
    mustHave(world.emulator.rows, repository, call.caller, { permissions: ['actions'], level: 'read', role: 'read' })
    if (!world.jobLogs.has(Number(id))) throw notFound()
    return { status: 302, headers: { location: `${world.url}/_storage/job-logs/${id}` } }
  }),
  route('GET', '/_storage/job-logs/(\\d+)', (world, call, id) => {
    if (call.caller.kind !== 'anonymous') throw new ApiFailure(400, 'Only one auth mechanism allowed')
    return {
      status: 200,
      body: Buffer.from(world.jobLogs.get(Number(id)) ?? ''),
      headers: { 'content-type': 'text/plain' },
    }
  }),
  repositoryRoute('POST', 'statuses/([0-9a-f]{40})', async (world, call, repository, sha = '') => {
    const needs = { permissions: ['statuses'], level: 'write', role: 'write' } as const
    mustHave(world.emulator.rows, repository, call.caller, needs)
    if (!(await world.repositories.resolve(repository.full_name, sha))) throw invalid(`No commit found for SHA: ${sha}`)
    return { status: 201, body: addStatus(world, repository, sha, call.body, loginOf(world, call.caller)) }
  }),
  repositoryRoute('GET', 'commits/([^/]+)/(status|statuses)', async (world, call, repository, ref = '', kind) => {
    const needs = { permissions: ['statuses'], level: 'read', role: 'read' } as const
    mustHave(world.emulator.rows, repository, call.caller, needs)
    const sha = await world.repositories.resolve(repository.full_name, ref)
    if (sha === null) throw notFound()
    const newestFirst = world.statuses.filter((s) => s.repositoryId === repository.id && s.sha === sha).reverse()
    if (kind === 'statuses')
      return paged(
        world,
        call,
        newestFirst.map((status) => status.json),
      )
    const latest = [...new Map(newestFirst.toReversed().map((status) => [status.context, status])).values()]
    const statuses = latest.map((status) => status.json)
    const path = `/repos/${repository.full_name}`
    const commit_url = `${world.url}${path}/commits/${sha}`
    const facts = { sha, url: `${commit_url}/status`, commit_url, repository: await ask(world, 'GET', path) }
    return { status: 200, body: { state: combined(latest), statuses, total_count: latest.length, ...facts } }
  }),
]

/** Emits `check_run.rerequested` or `check_run.requested_action`, which go to the App that owns the run. */
export async function wish(world: World, repository: RepositoryRow, login: string, id: number, payload: Json) {
  const check_run = await ask(world, 'GET', `/repos/${repository.full_name}/check-runs/${id}`)
  if (world.emulator.rows.checkRuns.get(id)?.app_id === ACTIONS_APP.id) return
  world.emit('check_run', { ...payload, check_run, sender: userNamed(world, login) }, repository.full_name)
}

const annotationsIn = (body: Json): Json[] => asList(asJson(body['output'])['annotations']).filter(isJson)

/** The emulator leaves their titles out. */
function keepAnnotations({ emulator: { rows } }: World, id: unknown, annotations: readonly Json[]): void {
  const run = rows.checkRuns.get(Number(id))
  if (run && annotations.length > 0) rows.checkRuns.update(run.id, { output: { ...run.output, annotations } })
}

/** GitHub's limits (OpenAPI description of check runs). */
function checkLimits(body: Json): void {
  const output = asJson(body['output'])
  const actions = asList(body['actions']).filter(isJson)
  const problems = [
    ...['summary', 'text']
      .filter((key) => Buffer.byteLength(textAt(output, key)) > TEXT_LIMIT)
      .map((k) => `${k} is too long`),
    ...(actions.length > 3 ? ['more than 3 actions'] : []),
    ...(asList(output['annotations']).length > 50 ? ['more than 50 annotations in one request'] : []),
    ...actions.flatMap((action) =>
      (
        [
          ['label', 20],
          ['description', 40],
          ['identifier', 20],
        ] as const
      )
        .filter(([key, max]) => textAt(action, key) === '' || textAt(action, key).length > max)
        .map(([key, max]) => `${key} of an action must have 1 to ${max} characters`),
    ),
  ]
  if (problems.length > 0) throw invalid(...problems)
}

/** The emulator keeps a button under `id`. */
function withButtons(body: Json): Json {
  if (!Array.isArray(body['actions'])) return { ...body }
  const actions = body['actions'].filter(isJson).map(({ identifier, ...rest }) => ({ ...rest, id: identifier }))
  return { ...body, actions }
}

function addStatus(world: World, repository: RepositoryRow, sha: string, body: Json, login: string): Json {
  const state = textAt(body, 'state')
  if (!STATES.includes(state)) throw invalid('state is not included in the list')
  if (textAt(body, 'description').length > 140) throw invalid('description is too long (maximum is 140 characters)')
  const context = textAt(body, 'context') || 'default'
  const id = world.nextId()
  const json = {
    id,
    node_id: `SC_${id}`,
    url: `${world.url}/repos/${repository.full_name}/statuses/${sha}`,
    state,
    context,
    description: body['description'] ?? null,
    target_url: body['target_url'] ?? null,
    creator: userNamed(world, login),
    created_at: isoSeconds(world.now()),
    updated_at: isoSeconds(world.now()),
  }
  world.statuses.push({ repositoryId: repository.id, sha, context, state, json })
  const payload = { ...json, sha, name: repository.full_name, commit: { sha }, branches: [], sender: json.creator }
  world.emit('status', payload, repository.full_name)
  return json
}

function combined(latest: readonly Status[]): string {
  const states = latest.map((status) => status.state)
  if (states.some((state) => state === 'error' || state === 'failure')) return 'failure'
  return states.length === 0 || states.includes('pending') ? 'pending' : 'success'
}
