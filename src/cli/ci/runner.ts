import { appendFile, readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { ConfigError, type Environment } from '../../config.ts'

/**
 * What a runner of GitHub Actions gives to a step. Source:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export interface Runner {
  /** Name of the event: `pull_request`, `issue_comment` … */
  readonly event: string
  /** The payload as the webhook would have brought it, but without `installation`. Untrusted. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly owner: string
  readonly name: string
  /** The same for every try of a run. */
  readonly runId: string
  /** The checkout. */
  readonly workspace: string
  /** Emptied by the runner after the job. */
  readonly temp: string
  readonly apiUrl: string
  readonly serverUrl: string
  /** Appends markdown to the page of the run. */
  tell(markdown: string): Promise<void>
  /** Hands a value to later steps. Values are words of our own: they have one line. */
  output(name: string, value: string): Promise<void>
}

const path = z.string().refine(isAbsolute)
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''))
const VARIABLES = z.object({
  GITHUB_EVENT_NAME: z.string().regex(/^[a-z_]{1,60}$/),
  GITHUB_EVENT_PATH: path,
  GITHUB_REPOSITORY: z.string().regex(/^[A-Za-z0-9_-]{1,100}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/),
  GITHUB_RUN_ID: z.string().regex(/^\d{1,20}$/),
  GITHUB_WORKSPACE: path,
  RUNNER_TEMP: path,
  GITHUB_API_URL: url.default('https://api.github.com'),
  GITHUB_SERVER_URL: url.default('https://github.com'),
  GITHUB_STEP_SUMMARY: path,
  GITHUB_OUTPUT: path,
})
/** GitHub sends no larger payload to anybody. */
const MAX_EVENT_BYTES = 25_000_000

/** Throws ConfigError where this is no step of a workflow. */
export async function readRunner(env: Environment): Promise<Runner> {
  const read = VARIABLES.safeParse(env)
  if (!read.success) {
    const names = [...new Set(read.error.issues.map((issue) => String(issue.path[0])))].join(', ')
    throw new ConfigError(`This runs as a step of a GitHub Actions workflow only; missing or malformed: ${names}`)
  }
  const runner = read.data
  const [owner = '', name = ''] = runner.GITHUB_REPOSITORY.split('/')
  return {
    event: runner.GITHUB_EVENT_NAME,
    payload: await readEvent(runner.GITHUB_EVENT_PATH),
    owner,
    name,
    runId: runner.GITHUB_RUN_ID,
    workspace: runner.GITHUB_WORKSPACE,
    temp: runner.RUNNER_TEMP,
    apiUrl: runner.GITHUB_API_URL,
    serverUrl: runner.GITHUB_SERVER_URL,
    tell: (markdown) => appendFile(runner.GITHUB_STEP_SUMMARY, `${markdown}\n`),
    output: (key, value) => appendFile(runner.GITHUB_OUTPUT, `${key}=${value}\n`),
  }
}

async function readEvent(file: string): Promise<Record<string, unknown>> {
  const { size } = await stat(file)
  if (size > MAX_EVENT_BYTES)
    throw new ConfigError(`the event has ${size} bytes; GitHub sends at most ${MAX_EVENT_BYTES}`)
  const read = z.record(z.string(), z.unknown()).safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!read.success) throw new ConfigError('the event file is no JSON object')
  return read.data
}
