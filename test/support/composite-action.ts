import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'
import { COMPILED } from './program.ts'

export interface ActionRun {
  /** Of the first step that failed, else 0. */
  readonly code: number
  readonly outputs: Readonly<Record<string, string>>
  /** What stands on the page of the run. */
  readonly summary: string
  readonly log: string
}

const texts = z.record(z.string(), z.string())
const ACTION = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().optional() })),
  outputs: z.record(z.string(), z.object({ value: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({ id: z.string().optional(), shell: z.literal('bash'), run: z.string(), env: texts.optional() }),
    ),
  }),
})
const LIMIT_MS = 180_000
let runs = 0

/**
 * Runs one of our actions as a runner does: its steps in a shell, with the event in a file and the runner's variables.
 * Expressions stand in `env` and `outputs` only: one in a script would be a way in for whoever writes an input.
 */
export async function runAction(
  name: string,
  o: {
    readonly dir: string
    readonly event: string
    readonly payload: unknown
    readonly repository: string
    readonly serverUrl: string
    readonly workspace: string
    readonly inputs: Readonly<Record<string, string>>
    readonly env?: Readonly<Record<string, string>>
    readonly runId?: string
  },
): Promise<ActionRun> {
  const folder = join(packageRoot(import.meta.dirname), '.github', 'actions', name)
  const action = ACTION.parse(parse(await readFile(join(folder, 'action.yml'), 'utf8')))
  const temp = join(o.dir, `runner-${++runs}`)
  await mkdir(temp)
  const files = { event: join(temp, 'event.json'), summary: join(temp, 'summary.md'), output: join(temp, 'output') }
  await writeFile(files.event, JSON.stringify(o.payload))
  for (const file of [files.summary, files.output]) await writeFile(file, '')
  const values = new Map(
    Object.entries(action.inputs).map(([key, { default: given }]) => [`inputs.${key}`, o.inputs[key] ?? given ?? '']),
  )
  let log = ''
  let code = 0
  for (const { id, run, env = {} } of action.runs.steps) {
    if (run.includes('${{')) throw new Error(`${name}: an expression in a script`)
    const result = await shell(run, {
      PATH: process.env['PATH'] ?? '',
      HOME: temp,
      TMPDIR: temp,
      ...COMPILED,
      ...o.env,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: folder,
      GITHUB_EVENT_NAME: o.event,
      GITHUB_EVENT_PATH: files.event,
      GITHUB_REPOSITORY: o.repository,
      GITHUB_RUN_ID: o.runId ?? String(runs),
      GITHUB_WORKSPACE: o.workspace,
      GITHUB_SERVER_URL: o.serverUrl,
      GITHUB_API_URL: `${o.serverUrl}/api/v3`,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_OUTPUT: files.output,
      RUNNER_TEMP: temp,
      ...Object.fromEntries(Object.entries(env).map(([key, text]) => [key, filled(text, values)])),
    })
    log += result.log
    for (const line of (await readFile(files.output, 'utf8')).split('\n')) {
      const [, key = '', value = ''] = /^([a-z-]+)=(.*)$/.exec(line) ?? []
      values.set(`steps.${id}.outputs.${key}`, value)
    }
    code = result.code
    if (code !== 0) break
  }
  return {
    code,
    outputs: Object.fromEntries(Object.entries(action.outputs).map(([key, { value }]) => [key, filled(value, values)])),
    summary: await readFile(files.summary, 'utf8'),
    log,
  }
}

const filled = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => values.get(name) ?? '')

/** As GitHub starts `shell: bash`. */
function shell(script: string, env: Record<string, string>): Promise<{ code: number; log: string }> {
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script]
  return new Promise((resolve) => {
    execFile('bash', args, { env, timeout: LIMIT_MS, maxBuffer: 50_000_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), log: stdout + stderr }),
    )
  })
}
