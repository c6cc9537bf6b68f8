import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { freePort } from '../../src/demo/free-port.ts'
import { packageRoot } from '../../src/package-root.ts'
import { until } from '../support/until.ts'
import { readDockerfile, type Step } from './dockerfile.ts'

/**
 * `npm run test:image`: the Dockerfile's own commands in folders of this machine, without an engine, and then the program
 * that the image would start. What only an engine does is not proved: base images, Debian packages, users.
 */
const ROOT = packageRoot(import.meta.dirname)
const LIMIT_MS = 10 * 60_000

interface Place {
  /** The folder that stands for `/` of the stage. */
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly start: readonly string[]
}

const dir = await mkdtemp(join(tmpdir(), 'supervisor-image-'))
try {
  let image: Place | null = null
  for (const { name, steps } of readDockerfile(await readFile(join(ROOT, 'Dockerfile'), 'utf8'))) {
    image = { root: join(dir, name), workdir: '/', env: {}, start: [] }
    for (const step of steps) image = await take(step, image)
  }
  if (image !== null) await tryProgram(image)
} finally {
  await rm(dir, { recursive: true, force: true })
}

function inside(place: Place, path: string): string {
  return join(place.root, resolve(place.workdir, path))
}

async function take(step: Step, place: Place): Promise<Place> {
  switch (step.kind) {
    case 'workdir':
      await mkdir(inside(place, step.path), { recursive: true })
      return { ...place, workdir: resolve(place.workdir, step.path) }
    case 'env':
      return { ...place, env: { ...place.env, ...step.values } }
    case 'start':
      return { ...place, start: [...place.start, ...step.words] }
    case 'copy':
      await copy(step, place)
      return place
    case 'run':
      if (/\bapt-get\b/.test(step.script)) console.log(`  not tried: ${step.script}`)
      // Building needs this machine's own settings of npm.
      else await run(['sh', '-c', step.script], inside(place, '.'), process.env)
      return place
  }
}

async function copy(step: Step & { kind: 'copy' }, place: Place): Promise<void> {
  const ignored = new Set((await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n'))
  const target = inside(place, step.target)
  for (const source of step.sources) {
    const isInto = step.target.endsWith('/') || step.target === '.'
    const to = isInto ? join(target, basename(source)) : target
    if (step.from !== null) await cp(join(dir, step.from, source), to, { recursive: true, verbatimSymlinks: true })
    else if (source === '.') {
      for (const name of (await readdir(ROOT)).filter((one) => !ignored.has(one)))
        await cp(join(ROOT, name), join(target, name), { recursive: true })
    } else await cp(join(ROOT, source), to, { recursive: true })
  }
}

/** As the engine would start it: first what it says of itself, then the set-up page of one without credentials. */
async function tryProgram(image: Place): Promise<void> {
  const [, , , entry = '', command = ''] = image.start
  const program = join(image.root, entry)
  const cwd = inside(image, '.')
  const port = await freePort()
  const env = { ...image.env, HOST: '127.0.0.1', PORT: String(port) }
  await run([process.execPath, program, '--version'], cwd, environment(env))
  await run([process.execPath, program, 'classify', 'fix the login, it fails'], cwd, environment(env))
  const child = spawn(process.execPath, [program, command], { cwd, env: environment(env), stdio: 'inherit' })
  const ended = once(child, 'exit')
  try {
    await until('the set-up page', async () => {
      if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`)
      const answer = await fetch(`http://127.0.0.1:${port}/probot`).catch(() => null)
      return answer !== null && (await answer.text()).includes('Register')
    })
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  console.log('the image’s steps work')
}

async function run(argv: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  console.log(`  ${argv.join(' ')}`)
  const [program, ...args] = argv
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: LIMIT_MS,
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`)
}

function environment(own: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: join(dir, 'home'), ...own }
}
