import { mustSee, mustWriteAsPerson } from './access.ts'
import { ApiFailure } from './failure.ts'
import { answerOfLoss, byName } from './ground.ts'
import { type Answer, type Call, forward, type Route } from './route.ts'
import { appRoutes } from './routes/app.ts'
import { checkRoutes } from './routes/checks.ts'
import { graphqlRoutes } from './routes/graphql.ts'
import { issueRoutes } from './routes/issues.ts'
import { mergeRoutes } from './routes/merge.ts'
import { pullRoutes } from './routes/pulls.ts'
import { reactionRoutes } from './routes/reactions.ts'
import { repositoryRoutes } from './routes/repository.ts'
import { reviewRoutes } from './routes/reviews.ts'
import { repositoryNamed, type World } from './world.ts'

/** First match counts. */
const ROUTES: readonly Route[] = [
  ...reactionRoutes,
  ...mergeRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...repositoryRoutes,
  ...appRoutes,
  ...graphqlRoutes,
]

/** Answers one REST or GraphQL call: who may at all, then our own route, else the emulator. */
export async function answerCall(world: World, asked: Call): Promise<Answer> {
  const call = { ...asked, path: byName(world, asked.path) }
  try {
    mustBeKnown(call)
    const loss = answerOfLoss(world, call)
    if (loss) return loss
    mustBeAllowed(world, call)
    for (const { methods, pattern, answer } of ROUTES) {
      const match = methods.includes(call.method) ? pattern.exec(call.path) : null
      if (match) return await answer(world, call, match.slice(1))
    }
    if (!world.emulator.knows(call.method, call.path)) world.unsupported.push(`${call.method} ${call.path}`)
    return await forward(world, call)
  } catch (error) {
    if (error instanceof ApiFailure) return { status: error.status, body: error.body }
    throw error
  }
}

function mustBeKnown({ caller }: Call): void {
  if (caller.kind === 'unknown') throw new ApiFailure(401, 'Bad credentials')
}

function mustBeAllowed(world: World, { path, method, caller, body }: Call): void {
  const [, fullName, rest = ''] = /^\/repos\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path) ?? []
  if (fullName === undefined) return
  const repository = repositoryNamed(world, fullName)
  if (caller.kind === 'app' && rest === 'installation') return
  const isWrite = method !== 'GET'
  mustSee(world.emulator.rows, repository, caller, isWrite)
  const unarchives = method === 'PATCH' && rest === '' && body['archived'] === false
  if (isWrite && repository.archived && !unarchives)
    throw new ApiFailure(403, 'Repository was archived so is read-only.')
  if (isWrite && caller.kind === 'user') {
    mustWriteAsPerson(world.emulator.rows, repository, caller.login, method, rest)
  }
}
