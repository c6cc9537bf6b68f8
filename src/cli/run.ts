import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { demoDatabase } from '../demo/database.ts'
import { demoBackend } from '../demo/demo-backend.ts'
import { freePort } from '../demo/free-port.ts'
import { type LoopbackGitHub, startLoopbackGitHub } from '../demo/loopback-github.ts'
import { readManifest } from '../demo/manifest.ts'
import { createLog } from '../log.ts'
import { packageRoot } from '../package-root.ts'
import { runSupervisor } from '../run-supervisor.ts'
import type { StoredTask } from '../store/tasks.ts'
import { OperatingError } from '../task/errors.ts'
import { createRedact } from '../wiring.ts'
import { findRepository, takeBranch } from '../workspace/local-repository.ts'
import { follow, MAINTAINER, REQUESTER } from './run/follow.ts'
import { atThePrompt } from './run/person.ts'

export interface RunOptions {
  readonly repo: string
  readonly backend?: string
  readonly json?: true
}

const OWNER = 'local'
const EXIT_CODES = { pass: 0, fail: 1, inconclusive: 2 } as const
/** A person was needed and nobody was there; what is there until then is kept on the branch. */
const NOBODY = 3

/**
 * `supervisor run "<request>"`: a whole task on a repository of this machine, without GitHub. It is the same program in front
 * of a GitHub on loopback, which is gone afterwards: what is left is a branch, and the report on the terminal. Only
 * what is committed is seen, and nothing but the new branch is written.
 */
export async function run(request: string, options: RunOptions): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const { gitDir, root } = await findRepository(options.repo)
  const dir = await mkdtemp(join(tmpdir(), 'supervisor-run-'))
  // Postgres does not run as root: started by root it runs as another user, who has to get in here.
  await chmod(dir, 0o711)
  const stops: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true, maxRetries: 5 })]
  const person = atThePrompt()
  try {
    const port = await freePort()
    const git = join(dir, 'git')
    await mkdir(git)
    const github = await startLoopbackGitHub({
      dir: git,
      webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
      owner: OWNER,
      people: { [OWNER]: 'admin', [MAINTAINER]: 'admin', [REQUESTER]: 'write' },
      manifest: await readManifest(join(packageRoot(import.meta.dirname), 'app.yml')),
    })
    stops.push(() => github.close())
    const repository = await github.seedRepository({ name: nameOf(root), files: { gitDir } })
    const operator = readConfig()
    const database = await demoDatabase(operator.databaseUrl)
    if (database) stops.push(database.drop)
    const config = configOf(operator, options, { github, port, dir, databaseUrl: database?.url ?? null })
    const redact = createRedact(config)
    const supervisor = await runSupervisor(config, createLog(config.logLevel, redact), redact, {
      web: true,
      work: true,
    })
    stops.push(supervisor.stop)

    const { number } = await github
      .as(REQUESTER)
      .issue(repository, request.split('\n')[0]?.slice(0, 200) ?? '', request)
    await github.as(REQUESTER).comment(repository, number, '/supervise')
    let branch: string | null = null
    const take = async (task: StoredTask): Promise<void> => {
      if (task.branch === null || task.pushedSha === null) return
      await takeBranch(gitDir, join(git, `${repository}.git`), task.branch)
      branch = task.branch
      say(`\nThe result is on the branch ${branch}. To see it: git diff HEAD...${branch}`)
    }
    const place = { github, repository, issue: number, corridor: supervisor.corridor, say, take }
    const task = await follow(place, person)
    if (task !== null && branch === null) await take(task)
    if (branch === null) say('\nNothing was written.')
    if (options.json) say(JSON.stringify(reportOf(task, branch)))
    process.exitCode = codeOf(task)
  } finally {
    person.close()
    for (const stop of stops.toReversed()) await stop()
  }
}

function reportOf(task: StoredTask | null, branch: string | null) {
  return {
    state: task?.state ?? null,
    waitingOn: task?.waitingOn ?? null,
    reason: task?.reasonCode ?? null,
    verdict: task?.verdict ?? null,
    branch,
    commit: branch === null ? null : task?.headSha,
  }
}

function codeOf(task: StoredTask | null): number {
  if (task === null) return EXIT_CODES.inconclusive
  if (task.verdict !== null && (task.state === 'DONE' || task.waitingOn === 'review')) return EXIT_CODES[task.verdict]
  return task.waitingOn === null ? EXIT_CODES.fail : NOBODY
}

/** The name of its folder, as GitHub would take it. */
function nameOf(root: string): string {
  return (
    basename(root)
      .replace(/\.git$/, '')
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^\.+/, '')
      .slice(0, 100) || 'repository'
  )
}

/** The operator's own settings and keys, in front of the GitHub that lives as long as this run. */
function configOf(
  operator: Config,
  options: RunOptions,
  here: { github: LoopbackGitHub; port: number; dir: string; databaseUrl: string | null },
): Config {
  const { app, url } = here.github
  const config = readConfig({
    ...operator.environment,
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    GHE_HOST: new URL(url).host,
    GHE_PROTOCOL: 'http',
    HOST: '127.0.0.1',
    PORT: String(here.port),
    OPS_PORT: 'off',
    LOG_LEVEL: operator.environment['LOG_LEVEL'] ?? 'fatal',
    SUPERVISOR_CHANGES_QUIET_MS: '200',
    DATABASE_URL: here.databaseUrl ?? '',
  })
  const { settings } = config
  const chosen = options.backend === undefined ? null : demoBackend(options.backend, operator, '', null)
  if (chosen === null && Object.keys(settings.backends).length === 0)
    throw new OperatingError(
      'configuration',
      'no_backend_for_capability',
      'no agent is configured: write one into supervisor.config.yml, or name one that is installed, `--backend claude-code` or `--backend codex`',
    )
  return {
    ...config,
    dataDir: join(here.dir, 'data'),
    settings: {
      ...settings,
      dataDir: join(here.dir, 'data'),
      ...(chosen === null ? {} : { backends: { [chosen.name]: chosen.settings }, prefer: { coding: [chosen.name] } }),
    },
  }
}
