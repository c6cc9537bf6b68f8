import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makePrivateKey, markBots, seedOf } from './account.ts'
import { openTokens } from './caller.ts'
import { runCi } from './ci.ts'
import { openDeliveries, type SendOptions } from './deliveries.ts'
import { startEmulator } from './emulator.ts'
import { sendEvent } from './events.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { type Ground, groundOf, noLosses } from './ground.ts'
import type { Json } from './json.ts'
import { personNamed } from './people.ts'
import { openRepositories } from './repositories.ts'
import { seedRepository } from './seed.ts'
import type {
  CiInput,
  DeliveryRecord,
  Fault,
  LoopbackOptions,
  Person,
  RecordedRequest,
  Role,
  SeedInput,
  View,
} from './types.ts'
import { viewOf } from './view.ts'
import { type AppFacts, repositoryNamed, userNamed, type World } from './world.ts'

/** A "github.com" on 127.0.0.1 for the demo and for tests. */
export interface LoopbackGitHub {
  readonly url: string
  readonly port: number
  readonly app: AppFacts
  readonly owner: string
  /** Everything that came in over HTTP, in order. */
  readonly requests: RecordedRequest[]
  readonly deliveries: DeliveryRecord[]
  /** Calls that it cannot answer: suspect it first. */
  readonly unsupported: string[]
  readonly faults: Fault[]
  /** Where webhooks go. */
  webhookUrl: string | null
  /** Copies of each delivery with one GUID; 1 is normal. */
  duplicateDeliveries: number
  /** How many of the next deliveries fail without being sent (they stand in the log). */
  dropDeliveries: number
  /** How many of the next deliveries are neither sent nor logged. */
  loseDeliveries: number
  as(login: string): Person
  readonly view: View
  /** Suspends the App, renames and deletes what it stands on. */
  readonly ground: Ground
  seedRepository(input: SeedInput): Promise<string>
  /** Answer of `GET …/rules/branches/…` for all branches of a repository. */
  setRules(repo: string, rules: readonly Json[]): void
  /** A check run by GitHub Actions; gives its id. */
  runCi(repo: string, input: CiInput): Promise<number>
  userId(login: string): number
  /** A personal token, for git and REST over HTTP. */
  tokenOf(login: string): string
  redeliver(id: number): Promise<DeliveryRecord | null>
  /** Sends anything, signed unless `headers` say otherwise. */
  deliver(event: string, payload: unknown, options?: SendOptions): Promise<DeliveryRecord>
  pauseDeliveries(): void
  resumeDeliveries(): void
  /** Waits until no webhook is being made or under way. */
  settle(): Promise<void>
  /** Moves the clock of tokens, logs and rate limits on. */
  passTime(ms: number): void
  close(): Promise<void>
}

const PEOPLE: Readonly<Record<string, Role | null>> = {
  maintainer: 'write',
  reviewer: 'write',
  triager: 'triage',
  reader: 'read',
  stranger: null,
}
const APP = { id: 4242, slug: 'autopilot-supervisor', name: 'Autopilot Supervisor', installationId: 1001 }

export async function startLoopbackGitHub(options: LoopbackOptions): Promise<LoopbackGitHub> {
  const owner = options.owner ?? 'acme'
  const people = options.people ?? PEOPLE
  let passedMs = 0
  const now = (): number => Date.now() + passedMs
  const closing = new AbortController()
  const requests: RecordedRequest[] = []
  const faults: Fault[] = []

  let gateway: Gateway | null = null
  const unsupported: string[] = []
  const server = createServer((request, response) => {
    const answered = gateway ? gateway(request, response) : Promise.reject(new Error('still starting'))
    answered.catch((error: unknown) => {
      unsupported.push(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`)
      if (!response.headersSent) response.writeHead(500).end(JSON.stringify({ message: 'Server Error' }))
    })
  })
  const port = await listen(server, options.port ?? 0)
  const url = `http://127.0.0.1:${port}`
  const [repositories, privateKey] = await Promise.all([openRepositories(options.dir), makePrivateKey()])
  const app: AppFacts = { ...APP, privateKey, webhookSecret: 'loopback-webhook-secret' }
  const deliveries = openDeliveries(app, now)
  deliveries.settings.webhookUrl = options.webhookUrl

  let events: Promise<void> = Promise.resolve()
  const later: World['later'] = (work) => {
    events = events.then(work).catch((error: unknown) => {
      if (!closing.signal.aborted) unsupported.push(`a webhook: ${String(error)}`)
    })
  }
  const emit: World['emit'] = (event, payload, fullName) => {
    // The copy is taken now, before the rows change again.
    const copy = structuredClone(payload)
    later(() => sendEvent(world, event, copy, fullName))
  }
  const emulator = await startEmulator({
    url,
    seed: seedOf(options, owner, Object.keys(people), app),
    onEvent: (event, payload, fullName) => {
      // Code events and merges are ours; repositories are seeded in silence.
      if (
        !['push', 'create', 'delete', 'repository', 'check_suite'].includes(event) ||
        isSuiteRequest(event, payload)
      ) {
        emit(event, payload, fullName)
      }
    },
  }).catch(async (error: unknown) => {
    await closeServer(server)
    throw error
  })
  markBots(emulator)
  let lastId = 900_000
  const world: World = {
    url,
    owner,
    app,
    manifest: options.manifest,
    emulator,
    repositories,
    tokens: openTokens(now),
    deliveries,
    reactions: new Map(),
    statuses: [],
    jobLogs: new Map(),
    rules: new Map(),
    withoutDrafts: new Set(),
    previousBodies: new Map(),
    previousTexts: new Map(),
    losses: noLosses(),
    unsupported,
    now,
    nextId: () => ++lastId,
    later,
    emit,
  }
  gateway = createGateway(world, { requests, faults, check: options.check ?? null, closing: closing.signal })
  const settle = async (): Promise<void> => {
    for (let seen = null; seen !== events; ) {
      seen = events
      await events
      await deliveries.settle()
    }
  }
  const { settings } = deliveries
  return {
    url,
    port,
    app,
    owner,
    requests,
    deliveries: deliveries.log,
    unsupported,
    faults,
    get webhookUrl() {
      return settings.webhookUrl
    },
    set webhookUrl(value) {
      settings.webhookUrl = value
    },
    get duplicateDeliveries() {
      return settings.duplicateDeliveries
    },
    set duplicateDeliveries(value) {
      settings.duplicateDeliveries = value
    },
    get dropDeliveries() {
      return settings.dropDeliveries
    },
    set dropDeliveries(value) {
      settings.dropDeliveries = value
    },
    get loseDeliveries() {
      return settings.loseDeliveries
    },
    set loseDeliveries(value) {
      settings.loseDeliveries = value
    },
    as: (login) => personNamed(world, login),
    view: viewOf(world),
    ground: groundOf(world),
    seedRepository: (input) => seedRepository(world, people, input),
    setRules: (repo, rules) => void world.rules.set(repositoryNamed(world, repo).id, rules),
    runCi: (repo, input) => runCi(world, repo, input),
    userId: (login) => userNamed(world, login).id,
    tokenOf: (login) => world.tokens.ofPerson(userNamed(world, login).login),
    redeliver: deliveries.redeliver,
    deliver: (event, payload, sendOptions) =>
      deliveries.send(event, typeof payload === 'string' ? payload : JSON.stringify(payload), sendOptions),
    pauseDeliveries: deliveries.pause,
    resumeDeliveries: deliveries.resume,
    settle,
    passTime: (ms) => {
      passedMs += ms
    },
    close: async () => {
      closing.abort()
      await Promise.all([closeServer(server), emulator.close(), deliveries.close()])
      await events
    },
  }
}

const isSuiteRequest = (event: string, payload: Json): boolean =>
  event === 'check_suite' && payload['action'] === 'requested'

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
