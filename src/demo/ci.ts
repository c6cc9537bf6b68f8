import { ask } from './ask-emulator.ts'
import type { RepositoryRow } from './emulator-rows.ts'
import type { CiInput } from './types.ts'
import { ACTIONS_APP, botLogin, isoSeconds, repositoryNamed, userNamed, type World } from './world.ts'

/**
 * A check run by GitHub Actions, with the events that it has: made on the first call, finished by a later one with the
 * same name and SHA (or at once, where the first has a conclusion). @returns its id
 */
export async function runCi(world: World, fullName: string, input: CiInput): Promise<number> {
  const repository = repositoryNamed(world, fullName)
  const { checkRuns, checkSuites } = world.emulator.rows
  const suite = suiteOf(world, repository, input.sha)
  const under = checkRuns
    .findBy('head_sha', input.sha)
    .find((run) => run.app_id === ACTIONS_APP.id && run.name === input.name && run.status !== 'completed')
  const at = isoSeconds(world.now())
  const state = {
    status: input.conclusion === null ? ('in_progress' as const) : ('completed' as const),
    conclusion: input.conclusion,
    completed_at: input.conclusion === null ? null : at,
    output: { title: input.name, summary: input.summary ?? '', text: null, annotations_count: 0, annotations: [] },
  }
  const row = under
    ? checkRuns.update(under.id, state)
    : checkRuns.insert({
        ...state,
        repo_id: repository.id,
        node_id: `CR_${world.nextId()}`,
        head_sha: input.sha,
        name: input.name,
        started_at: at,
        external_id: '',
        details_url: `${world.url}/${fullName}/actions`,
        check_suite_id: suite.id,
        app_id: ACTIONS_APP.id,
        actions: null,
      })
  if (!row) throw new Error(`the check run ${input.name} is gone`)
  if (input.log !== undefined) world.jobLogs.set(row.id, input.log)
  const sender = userNamed(world, botLogin(ACTIONS_APP.slug))
  const tell = async (event: 'check_run' | 'check_suite', action: string, id: number): Promise<void> => {
    const subject = await ask(world, 'GET', `/repos/${fullName}/${event.replace('_', '-')}s/${id}`)
    world.emit(event, { action, [event]: subject, sender }, fullName)
  }
  if (!under) await tell('check_run', 'created', row.id)
  if (row.status === 'completed') {
    await tell('check_run', 'completed', row.id)
    const conclusions = checkRuns
      .all()
      .filter((run) => run.check_suite_id === suite.id)
      .map((run) => run.conclusion)
    if (!conclusions.includes(null)) {
      const conclusion = conclusions.every((one) => one === 'success') ? 'success' : 'failure'
      checkSuites.update(suite.id, { status: 'completed', conclusion })
      await tell('check_suite', 'completed', suite.id)
    }
  }
  return row.id
}

/** Every App has a suite of its own on a commit. */
function suiteOf(world: World, repository: RepositoryRow, sha: string) {
  const { checkSuites, branches } = world.emulator.rows
  const found = checkSuites.findBy('head_sha', sha).find((suite) => suite.app_id === ACTIONS_APP.id)
  if (found) return found
  const branch = branches.findBy('repo_id', repository.id).find((row) => row.sha === sha)
  return checkSuites.insert({
    repo_id: repository.id,
    node_id: `CS_${world.nextId()}`,
    head_branch: branch?.name ?? repository.default_branch,
    head_sha: sha,
    status: 'in_progress',
    conclusion: null,
    before: '0'.repeat(40),
    after: sha,
    app_id: ACTIONS_APP.id,
  })
}
