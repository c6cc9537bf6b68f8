import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleRecording } from '../../src/demo/recording.ts'
import { sampleFiles, sampleIssue } from '../../src/demo/sample-repository.ts'
import { readRecording } from '../../src/execute/backends/recording.ts'
import { parseRepositorySettings } from '../../src/settings/parse.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sample-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function lay(files: Iterable<readonly [string, string]>): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(dir, 'app', path)), { recursive: true })
    await writeFile(join(dir, 'app', path), content)
  }
}

/** Exit code of the sample's own verification, and what it printed. */
const verify = (): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    // The runner of these tests must not reach into the run of those.
    const env = { PATH: process.env['PATH'] ?? '', NODE_TEST_CONTEXT: undefined }
    const options = { cwd: join(dir, 'app'), env }
    const child = execFile(process.execPath, ['--test'], options, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, output: stdout }),
    )
  })

test('the sample has a bug that its tests show; the recorded run mends it, and its new test fails without the fix', async () => {
  const [first] = sampleRecording.rounds
  const edits = first.edits.map((edit) => [edit.path, edit.content] as const)
  await lay(Object.entries(sampleFiles))
  const before = await verify()
  expect(before.code).toBe(1)
  expect(before.output).toMatch(/fail 1\b/)
  await lay(edits.filter(([path]) => path.startsWith('test/')))
  expect((await verify()).output).toMatch(/fail 2\b/)
  await lay(edits)
  const after = await verify()
  expect(after.code).toBe(0)
  expect(after.output).toMatch(/pass 5\b/)
})

test('the recording fits the backend that plays it, and answers the change request with a CHANGELOG entry', async () => {
  const file = join(dir, 'recording.json')
  await writeFile(file, JSON.stringify(sampleRecording))
  const { rounds } = await readRecording(file)
  expect(rounds).toHaveLength(2)
  expect(rounds[1]?.edits.map(({ path }) => path)).toEqual(['CHANGELOG.md'])
})

test('the sample’s settings are valid, and its issue names the file with the bug', () => {
  const parsed = parseRepositorySettings(sampleFiles['.github/supervisor.yml'] ?? '', 'supervisor.yml')
  expect(parsed).toMatchObject({ ok: true, value: { verify: [{ run: 'node --test', required: true }] } })
  expect(sampleIssue.body).toContain('src/pager.js')
})
