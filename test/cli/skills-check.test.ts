import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const ROOT = packageRoot(import.meta.dirname)

/** As an operator types it; no environment but the search path. */
const check = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [join(ROOT, 'src/main.ts'), 'skills', 'check', ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )

test('the packs of the program pass', async () => {
  const { code, stdout } = await check(join(ROOT, 'skills'))
  expect(code).toBe(0)
  const told = stdout.match(/(?<=^ok {2})[\w-]+/gm)
  expect(told?.toSorted()).toEqual((await readdir(join(ROOT, 'skills'))).toSorted())
})

test('what is wrong is named by file and line, and the exit code says so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'skills-check-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'mine'))
  await writeFile(
    join(dir, 'mine', 'SKILL.md'),
    '---\nname: mine\ndescription: x\nsupervisor: { workflow: cooking }\n---\n',
  )
  const { code, stderr } = await check(dir)
  expect(code).toBe(1)
  expect(stderr).toMatch(/mine\/SKILL\.md:4: `supervisor\.workflow`/)
  const json = await check(dir, '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({ skills: [], problems: [{ line: 4 }] })
  await rm(join(dir, 'mine'), { recursive: true })
  expect(await check(dir)).toMatchObject({ code: 1, stderr: expect.stringContaining('holds no skills') })
})
