import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { ConfigError } from './config.ts'
import { openEvidenceKey } from './evidence-key.ts'
import { createRegistry } from './execute/registry.ts'
import type { GitHub } from './github/client.ts'
import { createGitHub } from './github/client.ts'
import type { Limits } from './github/limits.ts'
import { packageRoot } from './package-root.ts'
import { loadSkills } from './plan/load-skills.ts'
import { sweepLeftovers } from './process/sweep.ts'
import { createReceiver } from './receiver.ts'
import { redactor } from './redact/redact.ts'
import type { Database } from './store/database.ts'
import { openDatabase } from './store/database.ts'
import { openEmbeddedPostgres } from './store/embedded-postgres.ts'
import { storedLimits } from './store/limits.ts'
import { listenForCommands } from './store/listen.ts'
import { migrate } from './store/migrate.ts'
import { migrateQueue, startQueue, wake } from './store/queue.ts'
import { oldestWaitingForCapacity } from './store/tasks.ts'
import { learnMoved } from './supervisor/accept/learn-repository.ts'
import { drainInbox } from './supervisor/accept/receive.ts'
import type { Corridor } from './supervisor/corridor.ts'
import { drainOutbox } from './supervisor/outbox/outbox.ts'
import { pollReactions } from './supervisor/recover/poll-reactions.ts'
import { type Sweeper, startSweeper, sweep, tidyWorkspaces } from './supervisor/recover/recover.ts'
import { startRecoveryFromGitHub } from './supervisor/recover/recover-from-github.ts'
import { CHANGES_QUIET_MS } from './supervisor/work/hear-changes.ts'
import { createSlots } from './supervisor/work/slots.ts'
import { createWorker } from './supervisor/work/worker.ts'

/** From src/ and from dist/src/ alike, a folder at the top of the package is found by walking up to package.json. */
const SKILLS_DIR = join(packageRoot(import.meta.dirname), 'skills')

/** Something that was started and is stopped in reverse order. */
export interface Running {
  readonly stop: () => Promise<void>
}

export interface Store extends Running {
  readonly db: Database
}

/** The database, migrated: the given one, or the embedded Postgres in the data directory. */
export async function openStore(config: Config, redact: (text: string) => string, log: Logger): Promise<Store> {
  await mkdir(config.dataDir, { recursive: true })
  const embedded =
    config.databaseUrl === null ? await openEmbeddedPostgres({ dir: join(config.dataDir, 'postgres') }) : null
  const url = config.databaseUrl ?? embedded?.url ?? ''
  if (embedded) log.info({ dir: join(config.dataDir, 'postgres') }, 'no DATABASE_URL: using the embedded Postgres')
  await migrate(url)
  await migrateQueue(url)
  const db = openDatabase({ url, redact, onError: (err) => log.warn({ err }, 'database connection') })
  const stop = async (): Promise<void> => {
    await db.close()
    await embedded?.close()
  }
  return { db, stop }
}

/** Every port, built once. */
export async function buildCorridor(
  config: Config,
  db: Database,
  log: Logger,
  redact: (text: string) => string,
): Promise<Corridor> {
  const { settings } = config
  const { skills, problems } = await loadSkills(SKILLS_DIR)
  for (const p of problems) log.error({ file: p.file, line: p.line }, p.message)
  const workRoot = join(config.dataDir, 'work')
  await mkdir(workRoot, { recursive: true })
  const slots = createSlots(settings.concurrency, () => {
    void oldestWaitingForCapacity(db)
      .then((taskId) => (taskId === null ? undefined : wake(db.prisma, { kind: 'task', taskId })))
      .catch((err: unknown) => log.warn({ err }, 'waking a task that waits for a place'))
  })
  const github = connectGitHub(config, redact, log, storedLimits(db), (repositoryId) => {
    void learnMoved({ db, github }, repositoryId).catch((err: unknown) =>
      log.warn({ err }, 'learning the new name of a repository'),
    )
  })
  return {
    db,
    github,
    registry: createRegistry(settings.backends, config.environment),
    settings,
    changesQuietMs: config.changesQuietMs ?? CHANGES_QUIET_MS,
    endsWithRun: config.endsWithRun,
    skills,
    slots,
    limitChecks: pLimit(settings.concurrency),
    log,
    redact,
    evidenceKey: await openEvidenceKey(config),
    secrets: config.secrets,
    pagesUrl: config.oauth === null ? null : config.publicUrl,
    workRoot,
    host: config.hostName,
    workerId: `${config.hostName}:${process.pid}:${randomUUID().slice(0, 8)}`,
  }
}

/** The worker half: takes wakes, drives tasks, sends what the outbox holds, finds what was stranded. */
export async function startWorkerHalf(
  config: Config,
  corridor: Corridor,
): Promise<Running & Pick<Sweeper, 'turnedAt'>> {
  const { log, db } = corridor
  const worker = createWorker(corridor)
  let stopping = false
  const receive = await createReceiver(corridor, requireApp(config), config.apiUrl)
  await sweepLeftovers()
  await tidyWorkspaces(corridor)
  const listener = await listenForCommands(db.url, worker.hear, (err) => log.warn({ err }, 'listening for commands'))
  const queue = await startQueue(
    db.url,
    {
      inbox: () => drainInbox(corridor, receive, () => stopping),
      reactions: () => pollReactions(corridor, () => stopping),
      task: async (taskId) => worker.start(taskId),
      outbox: (installationId) => drainOutbox(corridor, installationId, () => stopping),
    },
    (err) => log.error({ err }, 'the queue stopped'),
  )
  await sweep(corridor)
  const sweeper = startSweeper(corridor)
  const recovery = startRecoveryFromGitHub(corridor)
  return {
    turnedAt: sweeper.turnedAt,
    stop: async () => {
      stopping = true
      await Promise.all([sweeper.stop(), recovery.stop()])
      await Promise.all([queue.stop(), worker.stop()])
      await listener.stop()
    },
  }
}

function connectGitHub(
  config: Config,
  redact: (text: string) => string,
  log: Logger,
  limits: Limits,
  onMoved: (repositoryId: number) => void,
): GitHub {
  const app = requireApp(config)
  return createGitHub({
    appId: app.id,
    privateKey: app.privateKey,
    apiUrl: config.apiUrl,
    webUrl: config.webUrl,
    redact,
    log,
    limits,
    onMoved,
  })
}

export function createRedact(config: Config): (text: string) => string {
  return redactor({ values: config.secrets })
}

function requireApp(config: Config): NonNullable<Config['app']> {
  if (!config.app)
    throw new ConfigError(
      'APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are needed; `supervisor start` without them shows the set-up page',
    )
  return config.app
}
