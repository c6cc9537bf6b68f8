import { generateKeyPairSync } from 'node:crypto'
import pLimit from 'p-limit'
import { createRegistry } from '../../src/execute/registry.ts'
import { createGitHub } from '../../src/github/client.ts'
import { createLog } from '../../src/log.ts'
import { DEFAULT_OPERATOR_SETTINGS } from '../../src/settings/parse.ts'
import type { OperatorSettings } from '../../src/settings/settings.ts'
import { insertCommand, type NewCommand } from '../../src/store/commands.ts'
import { newId } from '../../src/store/ids.ts'
import type { AcceptedCommand } from '../../src/supervisor/accept/answer.ts'
import type { Corridor } from '../../src/supervisor/corridor.ts'
import { createSlots } from '../../src/supervisor/work/slots.ts'
import type { Actor, RequestFlags } from '../../src/task/task.ts'
import { REPOSITORY, type TestStore } from '../support/store.ts'

/** A corridor with a real database; its GitHub is the real client of a server that is away. */
export function corridorOf(
  store: TestStore,
  options: { readonly settings?: Partial<OperatorSettings>; readonly slots?: number } = {},
): Corridor {
  const log = createLog('silent', (text) => text)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    db: store.db,
    github: createGitHub({
      appId: 1,
      privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      apiUrl: 'http://127.0.0.1:1',
      webUrl: 'http://127.0.0.1:1',
      redact: (text) => text,
      log: { warn: () => undefined },
    }),
    registry: createRegistry({}),
    settings: {
      ...DEFAULT_OPERATOR_SETTINGS,
      // One database serves a whole test file, and one person asks for everything in it.
      budgets: { ...DEFAULT_OPERATOR_SETTINGS.budgets, perUserHour: 1_000 },
      ...options.settings,
    },
    endsWithRun: false,
    skills: [],
    changesQuietMs: 60_000,
    limitChecks: pLimit(1),
    evidenceKey: generateKeyPairSync('ed25519').privateKey,
    slots: createSlots(options.slots ?? 1, () => undefined),
    log,
    redact: (text) => text,
    secrets: [],
    pagesUrl: null,
    workRoot: '/nowhere',
    host: 'test-host',
    workerId: `test-worker-${newId()}`,
  }
}

export const MAINTAINER: Actor = { id: 1, login: 'maintainer', type: 'User' }
export const ALICE: Actor = { id: 2, login: 'alice', type: 'User' }
export const BOB: Actor = { id: 3, login: 'bob', type: 'User' }

/** A command for a task as the door stores it. @returns its source */
export async function say(store: TestStore, taskId: string, over: Partial<NewCommand> = {}): Promise<string> {
  const sourceKey = over.sourceKey ?? `comment:${newId()}`
  const command: NewCommand = {
    sourceKey,
    deliveryId: null,
    taskId,
    repositoryId: REPOSITORY.id,
    issueNumber: (await store.task(taskId)).issueNumber,
    verb: 'status',
    argument: { argument: '', at: new Date().toISOString() },
    actor: MAINTAINER,
    permission: 'write',
    settledAs: null,
    ...over,
  }
  await store.db.prisma.$transaction((tx) => insertCommand(store.db, tx, command))
  return sourceKey
}

/** How a command was settled; null = not yet. */
export async function settledAs(store: TestStore, sourceKey: string): Promise<string | null> {
  const [row] = await store.sql<{ reason_code: string | null }>(
    'select reason_code from commands where source_key = $1',
    [sourceKey],
  )
  return row?.reason_code ?? null
}

/** A request on an issue, checked at the door. */
export function request(
  issueNumber: number,
  over: { readonly sourceKey?: string; readonly flags?: RequestFlags; readonly actor?: Actor } = {},
): { accepted: AcceptedCommand; parsed: { kind: 'verb'; verb: 'run'; argument: string; flags: RequestFlags } } {
  const parsed = { kind: 'verb', verb: 'run', argument: 'fix it', flags: over.flags ?? {} } as const
  const commentId = Math.floor(Math.random() * 1e9)
  const actor = over.actor ?? MAINTAINER
  const command = {
    sourceKey: over.sourceKey ?? `comment:${commentId}`,
    place: { repository: REPOSITORY, issueNumber, isPullRequest: false, commentId, commentKind: 'issue_comment' },
    actor,
    parsed,
    title: 'Title',
    body: 'Body',
    issueAuthor: actor,
    labels: [],
    at: '2026-01-01T00:00:00Z',
    location: null,
  } as const
  return { accepted: { command, permission: 'write', deliveryId: newId() }, parsed }
}
