import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, ConfigError, callersEnvironment, type Environment, readConfig } from '../../config.ts'
import { installationOf } from '../../github/installation-of.ts'
import { createLog } from '../../log.ts'
import { plain } from '../../report/text/safe.ts'
import { runSupervisor } from '../../run-supervisor.ts'
import type { Database } from '../../store/database.ts'
import { storeDeliveries } from '../../store/deliveries.ts'
import { type TaskLine, tasksMovedSince } from '../../store/tasks-since.ts'
import { isUnsettled } from '../../store/unsettled.ts'
import { createRedact } from '../../wiring.ts'
import { deliveryOf } from './delivery.ts'
import { type Runner, readRunner } from './runner.ts'

const LOOK_MS = 500
/** A job of GitHub's runners ends after six hours. */
const DEFAULT_MINUTES = 330

/**
 * `supervisor ci supervise`: the whole supervisor for the time that one event needs. The event of the workflow is its
 * delivery; it works until everything of the repository rests or has ended, and ends. What waits for people goes on in
 * the run of their event, from the database; without one, it ends here, and the thread says so.
 */
export async function superviseInCi(): Promise<void> {
  const env = callersEnvironment()
  const runner = await readRunner(env)
  const config = configOf(env, runner)
  const limitMs = minutesOf(env['INPUT_TIMEOUT_MINUTES']) * 60_000
  const redact = createRedact(config)
  const log = createLog(config.logLevel, redact)
  const begun = new Date()
  const supervisor = await runSupervisor(config, log, redact, { web: false, work: true })
  try {
    const { db, github } = supervisor.corridor
    const installationId = await installationOf(github, runner.owner, runner.name)
    if (installationId === null)
      throw new ConfigError(`the App is not installed on ${runner.owner}/${runner.name}: install it there, on its page`)
    const delivery = await deliveryOf(supervisor.corridor, runner, installationId)
    if (delivery !== null) await storeDeliveries(db.inboxPool, [delivery])
    const repositoryId = idIn(runner.payload)
    const isDone = await settled(db, { repositoryId, deliveryId: delivery?.id ?? null, limitMs })
    const tasks = repositoryId === null ? [] : await tasksMovedSince(db, repositoryId, begun)
    await runner.tell(summaryOf(tasks, { isDone, endsWithRun: config.endsWithRun }))
    await runner.output('state', tasks[0]?.state ?? 'none')
    await runner.output('pull-request', String(tasks[0]?.pullNumber ?? ''))
    if (!isDone) process.exitCode = 1
  } finally {
    await supervisor.stop()
  }
}

/** The same configuration as everywhere; a webhook secret is of no use, because nothing comes by webhook. */
function configOf(env: Environment, runner: Runner): Config {
  const server = new URL(runner.serverUrl)
  const enterprise =
    server.host === 'github.com' ? {} : { GHE_HOST: server.host, GHE_PROTOCOL: server.protocol.slice(0, -1) }
  const file = env['INPUT_CONFIG']
  const databaseUrl = env['INPUT_DATABASE_URL'] || null
  const config = readConfig({
    ...env,
    ...enterprise,
    APP_ID: env['INPUT_APP_ID'],
    PRIVATE_KEY: env['INPUT_PRIVATE_KEY'],
    PRIVATE_KEY_PATH: undefined,
    WEBHOOK_SECRET: randomUUID(),
    DATABASE_URL: databaseUrl ?? undefined,
    ...(file ? { SUPERVISOR_CONFIG: join(runner.workspace, file) } : {}),
  })
  return { ...config, dataDir: join(runner.temp, 'supervisor'), endsWithRun: databaseUrl === null }
}

function minutesOf(text: string | undefined): number {
  const minutes = Number(text || DEFAULT_MINUTES)
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= DEFAULT_MINUTES) return minutes
  throw new ConfigError(`timeout-minutes must be a number from 1 to ${DEFAULT_MINUTES}`)
}

function idIn({ repository }: Runner['payload']): number | null {
  const id = repository !== null && typeof repository === 'object' && 'id' in repository ? repository.id : null
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null
}

/** @returns false where the time was over first, or the runner wants the job to end */
async function settled(
  db: Database,
  of: { readonly repositoryId: number | null; readonly deliveryId: string | null; readonly limitMs: number },
): Promise<boolean> {
  let isStopped = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopped = true))
  const until = Date.now() + of.limitMs
  while (!isStopped && Date.now() < until) {
    // Twice in a row: between two steps a task is at rest for a moment.
    if (!(await isUnsettled(db, of.repositoryId, of.deliveryId))) {
      await sleep(LOOK_MS)
      if (!(await isUnsettled(db, of.repositoryId, of.deliveryId))) return true
    }
    await sleep(LOOK_MS)
  }
  return false
}

function summaryOf(tasks: readonly TaskLine[], run: { isDone: boolean; endsWithRun: boolean }): string {
  const lines = tasks.map(({ title, issueNumber, pullNumber, state, waitingOn, verdict }) => {
    const facts = [
      `#${issueNumber}`,
      pullNumber === null ? '' : `pull request #${pullNumber}`,
      state + (waitingOn === null ? '' : `, waits for ${waitingOn}`),
      verdict === null ? '' : `verification: ${verdict}`,
    ]
    return `- **${plain(title, 120)}**: ${facts.filter((fact) => fact !== '').join('; ')}`
  })
  const ends = run.isDone
    ? run.endsWithRun && tasks.some(({ waitingOn }) => waitingOn !== null)
      ? 'There is no database: what waits for people ends here, and its outcome stays open. Review and merge by hand.'
      : ''
    : 'The time of this run was over before the work was. With a database the next run goes on with it.'
  return ['### Autopilot Supervisor', lines.join('\n') || 'Nothing was to be done.', ends].filter(Boolean).join('\n\n')
}
