import { ask } from '../ask-emulator.ts'
import type { PullRow, RepositoryRow } from '../emulator-rows.ts'
import { invalid } from '../failure.ts'
import { asJson, asList, isJson, type Json, textAt } from '../json.ts'
import { type Answer, type Call, forward, repositoryRoute } from '../route.ts'
import { isoSeconds, loginOf, userNamed, type World } from '../world.ts'
import { mustFit, pullNumbered } from './pulls.ts'

export const reviewRoutes = [
  repositoryRoute('POST', 'pulls/(\\d+)/reviews', async (world, call, repository, number) => {
    const pull = pullNumbered(world, repository, number)
    const comments = asList(call.body['comments']).filter(isJson)
    mustBeAllowed(world, call, pull, comments)
    // The emulator knows only positions; lines are put right below.
    const positioned = comments.map((comment) => ({
      ...comment,
      position: comment['position'] ?? comment['line'] ?? 1,
    }))
    const answer = await forward(world, call, { ...call.body, comments: positioned })
    if (answer.status !== 201) return answer
    const login = loginOf(world, call.caller)
    unrequest(world, pull, login)
    await announceComments(world, repository, Number(asJson(answer.body)['id']), comments, login)
    return { ...answer, status: 200 }
  }),
  repositoryRoute('POST', 'pulls/(\\d+)/comments', (world, call, repository, number) => {
    mustFit(call.body, { body: 65_536 })
    return commentOnLine(world, call, repository, pullNumbered(world, repository, number))
  }),
  repositoryRoute('POST', 'pulls/(\\d+)/comments/(\\d+)/replies', (world, call, repository, number, id) => {
    const parent = world.emulator.rows.comments.get(Number(id))
    const pull = pullNumbered(world, repository, number)
    const { path, line, side } = parent ?? {}
    const body = { body: call.body['body'], in_reply_to_id: Number(id), commit_id: pull.head_sha, path, line, side }
    const sameList = { ...call, path: call.path.replace(/\/\d+\/replies$/, ''), body }
    return commentOnLine(world, sameList, repository, pull)
  }),
]

function mustBeAllowed(world: World, call: Call, pull: PullRow, comments: readonly Json[]): void {
  const event = textAt(call.body, 'event')
  const isOwn = world.emulator.rows.users.get(pull.user_id)?.login === loginOf(world, call.caller)
  if (isOwn && event === 'APPROVE') throw invalid('Can not approve your own pull request')
  if (isOwn && event === 'REQUEST_CHANGES') throw invalid('Can not request changes on your own pull request')
  const isBlank = textAt(call.body, 'body').trim() === ''
  if (isBlank && (event === 'REQUEST_CHANGES' || (event === 'COMMENT' && comments.length === 0))) {
    throw invalid('Body cannot be blank')
  }
  mustFit(call.body, { body: 65_536 })
}

/** Whoever has reviewed is no longer asked to. */
function unrequest(world: World, pull: PullRow, login: string): void {
  const { users, pulls } = world.emulator.rows
  const id = users.findOneBy('login', login)?.id
  const left = (pulls.get(pull.id) ?? pull).requested_reviewer_ids.filter((requested) => requested !== id)
  pulls.update(pull.id, { requested_reviewer_ids: left })
}

/** Puts the lines of a review's comments right, and sends the event that each of them has on GitHub. */
async function announceComments(
  world: World,
  repository: RepositoryRow,
  reviewId: number,
  comments: readonly Json[],
  login: string,
): Promise<void> {
  const rows = world.emulator.rows.comments.findBy('repo_id', repository.id).filter((row) => row.review_id === reviewId)
  for (const [index, row] of rows.entries()) {
    const given = comments[index] ?? {}
    const line = Number(given['line'] ?? given['position'] ?? 1)
    world.emulator.rows.comments.update(row.id, { line, side: textAt(given, 'side') || 'RIGHT' })
    const path = `/repos/${repository.full_name}/pulls`
    const comment = await ask(world, 'GET', `${path}/comments/${row.id}`)
    const pull_request = await ask(world, 'GET', `${path}/${row.pull_number}`)
    const payload = { action: 'created', comment, pull_request, sender: userNamed(world, login) }
    world.emit('pull_request_review_comment', payload, repository.full_name)
  }
}

/** A single comment on a line also makes a review: state `commented`, no body. */
async function commentOnLine(world: World, call: Call, repository: RepositoryRow, pull: PullRow): Promise<Answer> {
  const answer = await forward(world, call)
  if (answer.status !== 201) return answer
  const login = loginOf(world, call.caller)
  const id = world.nextId()
  const review = {
    id,
    node_id: `PRR_${id}`,
    user: userNamed(world, login),
    body: null,
    commit_id: textAt(call.body, 'commit_id') || pull.head_sha,
    submitted_at: isoSeconds(world.now()),
    state: 'commented',
    html_url: `${world.url}/${repository.full_name}/pull/${pull.number}#pullrequestreview-${id}`,
    author_association: 'NONE',
  }
  const pull_request = await ask(world, 'GET', `/repos/${repository.full_name}/pulls/${pull.number}`)
  const payload = { action: 'submitted', review, pull_request, sender: review.user }
  world.emit('pull_request_review', payload, repository.full_name)
  return { ...answer, body: { ...asJson(answer.body), pull_request_review_id: id } }
}
