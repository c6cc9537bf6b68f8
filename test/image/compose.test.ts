import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { packageRoot } from '../../src/package-root.ts'
import { readDockerfile } from './dockerfile.ts'

const ROOT = packageRoot(import.meta.dirname)
const read = (name: string): Promise<string> => readFile(join(ROOT, name), 'utf8')

test('the services are started as the program takes it, and share one database and one data directory', async () => {
  const { services, volumes } = parse(await read('compose.yml'), { merge: true })
  const main = await read('src/main.ts')
  for (const name of ['web', 'worker']) {
    const [command] = services[name].command
    expect(main).toContain(`.command('${command}')`)
    expect(services[name].environment.DATABASE_URL).toContain('@postgres:5432/')
    expect(services[name].volumes).toContain('data:/data')
    expect(services[name].depends_on.postgres.condition).toBe('service_healthy')
  }
  expect(main).toContain(services.web.command[1])
  expect(services.worker.deploy.replicas).toBe(2)
  expect(Object.keys(volumes)).toEqual(['database', 'data'])
})

test('the image runs as nobody in particular, reaps what a sandbox leaves, and carries what the package carries', async () => {
  const text = await read('Dockerfile')
  expect(text).toContain('\nUSER node\n')
  const image = readDockerfile(text).at(-1)
  const start = image?.steps.flatMap((step) => (step.kind === 'start' ? step.words : []))
  expect(start).toEqual(['tini', '--', 'node', '/app/dist/src/main.js', 'start'])
  const carried = image?.steps.flatMap((step) => (step.kind === 'copy' ? step.sources : []))
  const { files } = JSON.parse(await read('package.json'))
  // Schemas are for editors, the other for whoever watches it.
  const elsewhere = ['schema', 'deploy']
  for (const name of files.filter((one: string) => !elsewhere.includes(one))) expect(carried).toContain(`/app/${name}`)
})
