import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const MAIN = join(packageRoot(import.meta.dirname), 'src', 'main.ts')
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'config-check-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

function check(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'] ?? '' }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'config', 'check', ...args], { cwd: dir, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

test('says what is wrong, where, and ends with 1', async () => {
  await writeFile(join(dir, 'supervisor.yml'), 'automation: yolo\nbackends: {}\n')
  const { code, stderr } = await check('supervisor.yml')
  expect(code).toBe(1)
  expect(stderr.split('\n').toSorted()).toEqual([
    '',
    'supervisor.yml:1:13: automation: must be one of manual, cautious, balanced, full',
    'supervisor.yml:2:1: backends: can be set by the operator only, in supervisor.config.yml; take it out of this file',
  ])
})

test('reads the operator’s file where none is named, and any file as what it is said to be', async () => {
  expect(await check()).toMatchObject({ code: 1, stderr: 'supervisor.config.yml does not exist\n' })
  await writeFile(join(dir, 'supervisor.config.yml'), 'sandbox: required\n')
  expect(await check()).toMatchObject({ code: 0, stdout: expect.stringContaining('is in order') })
  const asRepository = await check('supervisor.config.yml', '--as', 'repository')
  expect(asRepository).toMatchObject({ code: 1, stderr: expect.stringContaining('supervisor.config.yml:1:1: sandbox') })
})
