import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Config, readConfig } from '../config.ts'
import { demoDatabase } from '../demo/database.ts'
import { type DemoBackend, demoBackend } from '../demo/demo-backend.ts'
import { freePort } from '../demo/free-port.ts'
import { startLoopbackGitHub } from '../demo/loopback-github.ts'
import { readManifest } from '../demo/manifest.ts'
import { startModelStub } from '../demo/model-stub/model-stub.ts'
import { sampleModel } from '../demo/model-stub/sample-model.ts'
import { sampleRecording } from '../demo/recording.ts'
import { sampleFiles, sampleIssue } from '../demo/sample-repository.ts'
import { followTask } from '../demo/timeline.ts'
import { createLog } from '../log.ts'
import { packageRoot } from '../package-root.ts'
import { probeSandbox } from '../process/sandbox.ts'
import { runSupervisor } from '../run-supervisor.ts'
import { createRedact } from '../wiring.ts'
import { untilStopped } from './until-stopped.ts'

export interface DemoOptions {
  readonly json?: true
  readonly keep?: true
  readonly backend?: string
  readonly modelStub?: true
}

const PEOPLE = { acme: 'admin', maria: 'write', jon: 'write' } as const

/**
 * The whole loop on this machine: a loopback GitHub with a sample repository that has a real bug, the real App in front
 * of it, maria who asks for the fix and jon who reviews it. Leaves nothing behind.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`)
  }
  const began = performance.now()
  const dir = await mkdtemp(join(tmpdir(), 'supervisor-demo-'))
  // Postgres does not run as root: started by root it runs as another user, who has to get in here.
  await chmod(dir, 0o711)
  const stops: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true, maxRetries: 5 })]
  try {
    const operator = readConfig()
    const sandbox = await probeSandbox()
    if (!sandbox.available)
      say(`No sandbox on this machine (${sandbox.reason}). The demo runs unboxed: it runs only its own sample.`)
    const port = await freePort()
    const gitDir = join(dir, 'git')
    await mkdir(gitDir)
    const github = await startLoopbackGitHub({
      dir: gitDir,
      webhookUrl: `http://127.0.0.1:${port}/api/github/webhooks`,
      owner: 'acme',
      people: PEOPLE,
      manifest: await readManifest(join(packageRoot(import.meta.dirname), 'app.yml')),
    })
    stops.push(() => github.close())
    const repository = await github.seedRepository({
      name: 'shop',
      files: sampleFiles,
      private: true,
      collaborators: PEOPLE,
    })

    const database = await demoDatabase(operator.databaseUrl)
    if (database) stops.push(database.drop)
    const file = join(dir, 'supervisor.config.yml')
    const recording = join(dir, 'recording.json')
    await writeFile(recording, JSON.stringify(sampleRecording))
    await writeFile(file, stringify({ sandbox: sandbox.available ? 'required' : 'off', dataDir: join(dir, 'data') }))
    const stub = options.modelStub ? await startModelStub(sampleModel) : null
    if (stub) stops.push(() => stub.close())
    const backend = demoBackend(options.backend, operator, recording, stub)
    const config = withBackend(backend, {
      APP_ID: String(github.app.id),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: github.app.webhookSecret,
      GHE_HOST: new URL(github.url).host,
      GHE_PROTOCOL: 'http',
      HOST: '127.0.0.1',
      PORT: String(port),
      OPS_PORT: '0',
      LOG_LEVEL: operator.environment['LOG_LEVEL'] ?? 'fatal',
      SUPERVISOR_CONFIG: file,
      SUPERVISOR_CHANGES_QUIET_MS: '500',
      ...(database ? { DATABASE_URL: database.url } : {}),
    })
    const redact = createRedact(config)
    const supervisor = await runSupervisor(config, createLog(config.logLevel, redact), redact, {
      web: true,
      work: true,
    })
    stops.push(supervisor.stop)

    say(
      `A GitHub on loopback (${github.url}) with ${repository}, and the App in front of it: ready after ${seconds(began)}.`,
    )
    const story = await followTask({ github, repository, corridor: supervisor.corridor, issue: sampleIssue, say })
    if (options.keep) {
      const token = github.tokenOf('jon')
      const clone = `${github.url.replace('http://', `http://jon:${token}@`)}/${repository}.git`
      say('')
      if (supervisor.opsPort !== null)
        say(`The task, with all that is known of it: http://127.0.0.1:${supervisor.opsPort}/tasks`)
      say(`Left running until Ctrl-C. As jon: git clone ${clone}`)
      say(`The thread: curl -H 'Authorization: Bearer ${token}' ${github.url}/repos/${repository}/issues/1/comments`)
      await untilStopped(supervisor.corridor.log)
    }
    for (const stop of stops.splice(0).toReversed()) await stop()
    if (options.json) say(JSON.stringify({ ...story, totalMs: Math.round(performance.now() - began) }))
    if (story.state !== 'DONE') process.exitCode = 1
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

/** The operator's backends are parsed already; in a file they would have to be written as they were. */
function withBackend({ name, settings, environment }: DemoBackend, env: Record<string, string>): Config {
  const config = readConfig({ ...env, ...environment })
  return {
    ...config,
    settings: { ...config.settings, backends: { [name]: settings }, prefer: { coding: [name] } },
    secrets: [...config.secrets, ...Object.values(environment)],
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
