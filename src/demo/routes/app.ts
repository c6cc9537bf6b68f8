import { ask } from '../ask-emulator.ts'
import { installationOf } from '../caller.ts'
import { appJson } from '../correct.ts'
import { ApiFailure, forbidden, notFound } from '../failure.ts'
import { asJson, asList, parseJson, textAt } from '../json.ts'
import { type Answer, type Call, forward, paged, type Route, route } from '../route.ts'
import type { DeliveryRecord } from '../types.ts'
import { botLogin, isoSeconds, userNamed, type World } from '../world.ts'

/** GitHub keeps attempts for three days. */
const KEPT_MS = 3 * 86_400_000
const NOT_ACCESSIBLE =
  'There is at least one repository that does not exist or is not accessible to the parent installation.'

export const appRoutes: readonly Route[] = [
  route('GET', '/app/installations/\\d+', async (world, call) => {
    await mustBeApp(world, call)
    if (world.losses.standing === 'removed') throw notFound()
    const answer = await forward(world, call)
    const suspended_at = world.losses.standing === 'suspended' ? isoSeconds(world.now()) : null
    return { ...answer, body: { ...asJson(answer.body), suspended_at, suspended_by: null } }
  }),
  route('POST', '/app/installations/\\d+/access_tokens', async (world, call) => {
    if (world.losses.standing === 'suspended') throw new ApiFailure(403, 'This installation has been suspended')
    if (world.losses.standing === 'removed') throw notFound()
    const ids = asList(call.body['repository_ids'])
    if (ids.some((id) => world.losses.taken.has(Number(id)) || !world.emulator.rows.repositories.get(Number(id))))
      throw new ApiFailure(422, NOT_ACCESSIBLE)
    const names = asList(call.body['repositories'])
    const taken = world.emulator.rows.repositories.all().filter(({ id }) => world.losses.taken.has(id))
    if (taken.some(({ name }) => names.includes(name))) throw new ApiFailure(422, NOT_ACCESSIBLE)
    const answer = await forward(world, call)
    if (answer.status !== 201) return answer
    const json = asJson(answer.body)
    const token = textAt(json, 'token')
    const made = installationOf(world.emulator, token, botLogin(world.app.slug), world.now())
    if (!made) throw new ApiFailure(500, 'The emulator minted a token that it does not know')
    world.tokens.keep(made)
    return { ...answer, body: { ...json, expires_at: isoSeconds(made.expiresAt) } }
  }),
  route('GET', '/app/hook/config', async (world, call) => {
    await mustBeApp(world, call)
    const url = world.deliveries.settings.webhookUrl ?? ''
    return { status: 200, body: { content_type: 'json', insecure_ssl: '0', secret: '********', url } }
  }),
  route('GET', '/app/hook/deliveries', async (world, call) => {
    await mustBeApp(world, call)
    return deliveriesPage(world, call)
  }),
  route('GET', '/app/hook/deliveries/(\\d+)', async (world, call, id) => {
    await mustBeApp(world, call)
    const found = kept(world).find((record) => record.id === Number(id))
    if (!found) throw notFound()
    const request = { headers: {}, payload: parseJson(found.body) }
    return { status: 200, body: { ...deliveryJson(world, found), request, response: { headers: {}, payload: '' } } }
  }),
  route('POST', '/app/hook/deliveries/(\\d+)/attempts', async (world, call, id) => {
    await mustBeApp(world, call)
    if (!kept(world).some((record) => record.id === Number(id))) throw notFound()
    void world.deliveries.redeliver(Number(id))
    return { status: 202, body: {} }
  }),
  route('GET', '/apps/([^/]+)', (world, _call, slug) => {
    if (slug !== world.app.slug) throw notFound()
    return { status: 200, body: appJson(world, world.app) }
  }),
  route('GET', '/installation/repositories', async (world, { caller }) => {
    if (caller.kind !== 'installation') throw forbidden()
    const all = world.emulator.rows.repositories.all()
    const seen = all.filter(
      ({ id }) => !world.losses.taken.has(id) && (caller.repositories === null || caller.repositories.has(id)),
    )
    const repositories = await Promise.all(seen.map((row) => ask(world, 'GET', `/repos/${row.full_name}`)))
    return { status: 200, body: { total_count: seen.length, repositories } }
  }),
  route('DELETE', '/installation/token', (world, { caller }) => {
    if (caller.kind !== 'installation') throw forbidden()
    world.tokens.revoke(caller.token)
    return { status: 204 }
  }),
  route('GET', '/user', (world, call) => {
    if (call.caller.kind === 'installation') throw forbidden()
    return forward(world, call)
  }),
  route('GET', '/users/([^/]+)', (world, _call, login = '') => ({
    status: 200,
    body: userNamed(world, decodeURIComponent(login)),
  })),
]

/** Throws 401 unless the request carries a JSON web token of the App. */
async function mustBeApp(world: World, { caller }: Call): Promise<void> {
  const answer = await world.emulator.call(`Bearer ${caller.token}`, 'GET', '/app')
  if (answer.status !== 200) throw new ApiFailure(401, 'A JSON web token could not be decoded')
}

const kept = (world: World): DeliveryRecord[] =>
  world.deliveries.log.filter((record) => record.status !== 'pending' && record.deliveredAt > world.now() - KEPT_MS)

/** Newest first; the cursor is the id of the last one seen. */
function deliveriesPage(world: World, call: Call): Answer {
  const cursor = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY)
  const status = call.query.get('status')
  const found = kept(world)
    .filter((record) => record.id < cursor)
    .filter((record) => status === null || (status === 'failure') === record.statusCode >= 400)
    .reverse()
  const page = paged(world, { ...call, query: onlySize(call.query) }, found)
  const shown = found.slice(0, Array.isArray(page.body) ? page.body.length : 0)
  const last = shown.at(-1)
  const query = new URLSearchParams(call.query)
  query.set('cursor', String(last?.id ?? 0))
  return {
    status: 200,
    body: shown.map((record) => deliveryJson(world, record)),
    headers: shown.length < found.length ? { link: `<${world.url}${call.path}?${query}>; rel="next"` } : {},
  }
}

const onlySize = (query: URLSearchParams): URLSearchParams =>
  new URLSearchParams({ per_page: query.get('per_page') ?? '30' })

function deliveryJson(world: World, record: DeliveryRecord) {
  const repository = asJson(asJson(parseJson(record.body))['repository'])
  return {
    id: record.id,
    guid: record.guid,
    delivered_at: isoSeconds(record.deliveredAt),
    redelivery: record.redelivery,
    duration: record.durationMs / 1000,
    status: record.status,
    status_code: record.statusCode,
    event: record.event,
    action: record.action,
    installation_id: world.app.installationId,
    repository_id: repository['id'] ?? null,
    throttled_at: null,
  }
}
