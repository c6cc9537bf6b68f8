import { ask } from './ask-emulator.ts'
import { asJson, asList, textAt } from './json.ts'
import { personNamed } from './people.ts'
import type { CheckRunJson, CommentJson, IssueJson, PullJson, ReactionJson, View } from './types.ts'
import type { World } from './world.ts'

/** What stands on GitHub now. Lists hold at most 100. */
export function viewOf(world: World): View {
  const get = (repo: string, rest: string): Promise<unknown> =>
    personNamed(world, world.owner).api('GET', `/repos/${repo}/${rest}`)
  return {
    comments: async (repo, number) =>
      asList(await get(repo, `issues/${number}/comments?per_page=100`)) as CommentJson[],
    issue: async (repo, number) => (await get(repo, `issues/${number}`)) as IssueJson,
    pulls: async (repo) => asList(await get(repo, 'pulls?state=all&direction=asc&per_page=100')) as PullJson[],
    pull: async (repo, number) => (await get(repo, `pulls/${number}`)) as PullJson,
    checkRuns: async (repo, sha) =>
      asList(asJson(await get(repo, `commits/${sha}/check-runs?filter=all`))['check_runs']) as CheckRunJson[],
    reactions: async (repo, id) => asList(await get(repo, `issues/comments/${id}/reactions`)) as ReactionJson[],
    labels: async (repo, number) =>
      asList(await ask(world, 'GET', `/repos/${repo}/issues/${number}/labels`)).map((label) =>
        textAt(asJson(label), 'name'),
      ),
    branches: async (repo) => {
      const names = await world.repositories.git(repo, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'])
      return names.split('\n').filter((name) => name !== '')
    },
    show: (repo, ref, path) => world.repositories.git(repo, ['show', `${ref}:${path}`]),
    git: (repo, ...args) => world.repositories.git(repo, args),
  }
}
