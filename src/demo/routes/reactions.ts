import { mustHave } from '../access.ts'
import type { RepositoryRow } from '../emulator-rows.ts'
import { ApiFailure, invalid, notFound } from '../failure.ts'
import { textAt } from '../json.ts'
import { paged, repositoryRoute } from '../route.ts'
import { isoSeconds, loginOf, type Reaction, userNamed, type World } from '../world.ts'

const CONTENTS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']
const SUBJECT = '(issues|issues/comments|pulls/comments)/(\\d+)/reactions'

/** GitHub sends no webhook for reactions; one person has each reaction once, and gets 200 for the second try. */
export const reactionRoutes = [
  repositoryRoute('GET', SUBJECT, (world, call, repository, kind = '', id = '') => {
    const content = call.query.get('content')
    const all = world.reactions.get(subject(world, repository, kind, id)) ?? []
    return paged(
      world,
      call,
      all.filter((reaction) => content === null || reaction.content === content),
    )
  }),
  repositoryRoute('POST', SUBJECT, (world, call, repository, kind = '', id = '') => {
    const { rows } = world.emulator
    const permissions = kind === 'pulls/comments' ? ['pull_requests'] : ['issues', 'pull_requests']
    mustHave(rows, repository, call.caller, { permissions, level: 'write', role: 'read' })
    const key = subject(world, repository, kind, id)
    const content = textAt(call.body, 'content')
    if (!CONTENTS.includes(content)) throw invalid('content is not a reaction')
    const user = userNamed(world, loginOf(world, call.caller))
    const had = world.reactions.get(key)?.find((r) => r.user.id === user.id && r.content === content)
    if (had) return { status: 200, body: had }
    const number = world.nextId()
    const made: Reaction = {
      id: number,
      node_id: `REA_${number}`,
      user,
      content,
      created_at: isoSeconds(world.now()),
    }
    world.reactions.set(key, [...(world.reactions.get(key) ?? []), made])
    return { status: 201, body: made }
  }),
  repositoryRoute('DELETE', `${SUBJECT}/(\\d+)`, (world, call, repository, kind = '', id = '', reactionId = '') => {
    const key = subject(world, repository, kind, id)
    const all = world.reactions.get(key) ?? []
    const found = all.find((reaction) => reaction.id === Number(reactionId))
    if (!found) throw notFound()
    if (found.user.login !== loginOf(world, call.caller)) throw new ApiFailure(403, 'Must be the author')
    world.reactions.set(
      key,
      all.filter((reaction) => reaction !== found),
    )
    return { status: 204 }
  }),
]

/** Path of what is reacted on; 404 where there is none. */
function subject(world: World, repository: RepositoryRow, kind: string, id: string): string {
  const { comments, issues } = world.emulator.rows
  const exists =
    kind === 'issues'
      ? issues.findBy('repo_id', repository.id).some((issue) => issue.number === Number(id))
      : comments.get(Number(id))?.repo_id === repository.id
  if (!exists) throw notFound()
  return `/repos/${repository.full_name}/${kind}/${id}`
}
