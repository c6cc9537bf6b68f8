import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MANIFEST, openWorld } from './world.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'loopback-life-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('a program that used it ends by itself after close(): nothing is left open', async () => {
  const entry = pathToFileURL(join(import.meta.dirname, '../../src/demo/loopback-github.ts')).href
  const script = join(dir, 'use.mjs')
  await writeFile(
    script,
    `import { startLoopbackGitHub } from ${JSON.stringify(entry)}
const gh = await startLoopbackGitHub({ dir: ${JSON.stringify(dir)}, webhookUrl: 'http://127.0.0.1:9/', manifest: ${JSON.stringify(MANIFEST)} })
const repo = await gh.seedRepository({ name: 'app', files: { a: '1' } })
await gh.as('maintainer').push({ repo, branch: 'b', from: 'main', files: { b: '1' } })
await fetch(gh.url + '/repos/' + repo, { headers: { authorization: 'Bearer ' + gh.tokenOf('maintainer') } })
await gh.close()
console.log('closed')
`,
  )
  // Ended by the limit, it would reject.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
  expect([stdout, stderr]).toEqual(['closed\n', ''])
})

test('two of them in one process do not hear of each other', async () => {
  const worlds = await Promise.all([openWorld(), openWorld()])
  const [one, two] = worlds
  await one.gh.as('maintainer').issue(one.repo, 'Only here')
  await one.gh.settle()
  expect([one.gh.deliveries.length, two.gh.deliveries.length]).toEqual([1, 0])
  await expect(two.gh.view.issue(two.repo, 1)).rejects.toThrow(/404/)
  await Promise.all(worlds.map((world) => world.close()))
})
