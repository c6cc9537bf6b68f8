import { grants } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { PullRow, RepositoryRow } from '../emulator-rows.ts'
import { type Json, textAt } from '../json.ts'
import { type Answer, type Call, route } from '../route.ts'
import { loginOf, userNamed, type World } from '../world.ts'

const MUTATIONS = {
  markPullRequestReadyForReview: { draft: false, action: 'ready_for_review' },
  convertPullRequestToDraft: { draft: true, action: 'converted_to_draft' },
} as const
type Mutation = keyof typeof MUTATIONS

/** The two mutations that REST lacks. Both need `pull_requests: write` and `contents: write`. */
export const graphqlRoutes = [
  route('POST', '/graphql', async (world, call) => {
    const query = textAt(call.body, 'query')
    const name = (Object.keys(MUTATIONS) as Mutation[]).find((candidate) => query.includes(candidate))
    if (!name) {
      world.unsupported.push(`POST /graphql ${query.slice(0, 120)}`)
      return failed('operation', 'NOT_SUPPORTED', 'The loopback GitHub knows only the mutations about drafts')
    }
    const text = JSON.stringify(call.body)
    const pull = world.emulator.rows.pulls.all().find((row) => new RegExp(`"${row.node_id}\\\\?"`).test(text))
    const repository = world.emulator.rows.repositories.get(pull?.repo_id ?? 0)
    if (!pull || !repository || !sees(call, repository)) {
      return failed(name, 'NOT_FOUND', 'Could not resolve to a node with the global id')
    }
    if (!mayChange(call)) return failed(name, 'FORBIDDEN', 'Resource not accessible by integration')
    await setDraft(world, repository, pull, loginOf(world, call.caller), name)
    const pullRequest = { id: pull.node_id, number: pull.number, isDraft: MUTATIONS[name].draft }
    return { status: 200, body: { data: { [name]: { clientMutationId: null, pullRequest } } } }
  }),
]

/** GraphQL answers 200 with errors in the body. */
const failed = (name: string, type: string, message: string): Answer => ({
  status: 200,
  body: { data: { [name]: null }, errors: [{ type, path: [name], message }] },
})

const sees = ({ caller }: Call, repository: RepositoryRow): boolean =>
  caller.kind !== 'installation' || caller.repositories === null || caller.repositories.has(repository.id)

const mayChange = ({ caller }: Call): boolean =>
  caller.kind === 'user' ||
  (caller.kind === 'installation' &&
    grants(caller.permissions['pull_requests'], 'write') &&
    grants(caller.permissions['contents'], 'write'))

async function setDraft(world: World, repository: RepositoryRow, pull: PullRow, login: string, name: Mutation) {
  const { draft, action } = MUTATIONS[name]
  if (pull.draft === draft) return
  world.emulator.rows.pulls.update(pull.id, { draft })
  const pull_request = await ask(world, 'GET', `/repos/${repository.full_name}/pulls/${pull.number}`)
  const payload: Json = { action, pull_request, sender: userNamed(world, login) }
  world.emit('pull_request', payload, repository.full_name)
}
