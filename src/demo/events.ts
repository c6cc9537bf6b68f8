import { ask } from './ask-emulator.ts'
import { correct } from './correct.ts'
import { asJson, isJson, type Json, textAt } from './json.ts'
import { repositoryNamed, userNamed, type World } from './world.ts'

/** Makes of the emulator's payload the one that GitHub would send, and sends it if the App is subscribed. */
export async function sendEvent(world: World, event: string, payload: Json, fullName: string): Promise<void> {
  const [name, body] = await complete(world, event, payload, fullName)
  const isSubscribed = world.manifest.events.includes(name) || name.startsWith('installation')
  if (isSubscribed) void world.deliveries.send(name, JSON.stringify(body))
}

async function complete(world: World, event: string, payload: Json, fullName: string): Promise<[string, Json]> {
  // A copy: the emulator's objects are still in use. The action stands first, as GitHub has it.
  const copy = asJson(JSON.parse(JSON.stringify({ action: payload['action'], ...payload })))
  const [name, body] = await asPullEvent(world, event, copy, fullName)
  body['repository'] ??= await ask(world, 'GET', `/repos/${fullName}`)
  body['sender'] ??= userNamed(world, world.owner)
  body['installation'] = { id: world.app.installationId, node_id: `I_${world.app.installationId}` }
  await correct(world, body)
  const review = body['review']
  if (isJson(review)) review['state'] = textAt(review, 'state').toLowerCase()
  if (name === 'issue_comment' && body['action'] === 'edited') {
    const id = Number(asJson(body['comment'])['id'])
    body['changes'] = { body: { from: world.previousBodies.get(id) ?? '' } }
  }
  if (name === 'issues' && body['action'] === 'edited') body['changes'] = textChanges(world, asJson(body['issue']))
  if (name === 'pull_request') body['number'] = asJson(body['pull_request'])['number']
  return [name, body]
}

/** GitHub tells what stood there before; the emulator only whether it has changed. */
function textChanges(world: World, issue: Json): Json {
  const before = world.previousTexts.get(Number(issue['id']))
  const parts = (['title', 'body'] as const).filter((part) => (before?.[part] ?? '') !== (issue[part] ?? ''))
  return Object.fromEntries(parts.map((part) => [part, { from: before?.[part] ?? '' }]))
}

/** What happens to the issue of a pull request (labels, locks) is an event of the pull request on GitHub. */
async function asPullEvent(world: World, event: string, body: Json, fullName: string): Promise<[string, Json]> {
  const number = asJson(body['issue'])['number']
  const { id } = repositoryNamed(world, fullName)
  const isPull = world.emulator.rows.pulls.findBy('repo_id', id).some((pull) => pull.number === number)
  if (event !== 'issues' || !isPull) return [event, body]
  const { issue: _issue, ...rest } = body
  const pull = await ask(world, 'GET', `/repos/${fullName}/pulls/${Number(number)}`)
  return ['pull_request', { ...rest, pull_request: pull }]
}
