import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { type LoopbackGitHub, startLoopbackGitHub } from '../../src/demo/loopback-github.ts'
import { readManifest } from '../../src/demo/manifest.ts'
import type { CheckRunJson, CommentJson, FileChange, PullJson, RecordedRequest } from '../../src/demo/types.ts'
import { createLog } from '../../src/log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { probeSandbox } from '../../src/process/sandbox.ts'
import { runSupervisor } from '../../src/run-supervisor.ts'
import { createRedact } from '../../src/wiring.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { checkRequest } from './openapi.ts'
import { type FoundProcess, processesWith } from './processes.ts'
import { type Program, startProgram } from './program.ts'
import { until } from './until.ts'

export interface WorldOptions {
  /** File in fixtures/agents, without `.sh`; default `good-fix`. */
  readonly agent?: string
  readonly capabilities?: readonly string[]
  /** Over the operator's settings. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Over the files of the repository; null leaves one out. */
  readonly files?: Readonly<Record<string, FileChange>>
  /** Of the repository; default true. */
  readonly private?: boolean
  /**
   * Absent: the program runs within the test's own process. 1: `supervisor start` as a process of its own. More: the web
   * half alone as one, and so many `supervisor worker` beside it.
   */
  readonly processes?: number
  /** Added to the environment of the program. */
  readonly env?: Readonly<Record<string, string>>
}

/** A GitHub, a database, a data directory and the program in front of them; and words to drive and judge it from outside. */
export interface World {
  readonly gh: LoopbackGitHub
  readonly repo: string
  /** Everything of this world lies in it, and every process of it shows it. */
  readonly dir: string
  readonly bot: string
  /** Where webhooks go. */
  readonly url: string
  readonly sandboxed: boolean
  /** The web half (or both halves) first; empty where the program runs within the test. */
  readonly programs: Program[]
  startProgram(kind: 'start' | 'front' | 'worker'): Promise<Program>
  /** Lets `gated-fix` go on. */
  openGate(): Promise<void>
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** Opens an issue and gives a command on it, as `maintainer` unless said otherwise. */
  ask(asked?: { request?: string; by?: string; title?: string; body?: string }): Promise<Asked>
  until<T>(what: string, look: () => T | Promise<T>, ms?: number): Promise<NonNullable<T>>
  /** Comments of the App, oldest first. */
  mine(issue: number): Promise<CommentJson[]>
  /** Waits until the App's first comment there matches; gives its text. */
  says(issue: number, pattern: RegExp, ms?: number): Promise<string>
  /** The only pull request. */
  pull(): Promise<PullJson>
  /** Waits for the completed check run of a commit. */
  checkOn(sha: string): Promise<CheckRunJson>
  /** Every check run that the App ever made. */
  checks(): Promise<CheckRunJson[]>
  /** Waits until the newest task is in a state, or rests for something. */
  reaches(stateOrWait: string, ms?: number): Promise<TaskRow>
  /** Waits until all deliveries are handled and all that GitHub is to show is sent. */
  settled(): Promise<void>
  /** Living processes of the agent. */
  agents(): FoundProcess[]
  /** How often an agent was started, in all tasks. */
  agentRuns(): Promise<number>
  /** Requests of the App, git left out. */
  calls(): RecordedRequest[]
  log(): string
  close(): Promise<void>
}

export interface Asked {
  readonly issue: number
  readonly commandId: number
}

export interface TaskRow extends pg.QueryResultRow {
  readonly id: string
  readonly state: string
  readonly waiting_on: string | null
  readonly reason_code: string
  readonly verdict: string | null
  readonly outcome: string
  readonly head_sha: string | null
}

export const CHECK = 'Supervisor verification'
const PEOPLE = {
  maintainer: 'write',
  reviewer: 'write',
  triager: 'triage',
  reader: 'read',
  stranger: null,
  'helper[bot]': 'write',
} as const
const TEST_HEAD = `import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n`
const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "sum", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/add.js': 'export const add = (a, b) => a - b\n',
  'test/add.test.js': `${TEST_HEAD}import { add } from '../src/add.js'\n\ntest('adds', () => assert.equal(add(2, 3), 5))\n`,
  '.github/supervisor.yml': 'verify:\n  - { name: tests, run: node --test, timeout: 1m, required: true }\n',
}
const ROOT = packageRoot(import.meta.dirname)

let unboxedTold = false
