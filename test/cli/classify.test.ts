import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { classify } from '../../src/cli/classify.ts'
import { packageRoot } from '../../src/package-root.ts'

const MAIN = join(packageRoot(import.meta.dirname), 'src', 'main.ts')

test('the program answers line by line, without configuration, database or environment', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'supervisor-classify-'))
  try {
    const child = spawn(process.execPath, [MAIN, 'classify'], { cwd: dir, env: {}, stdio: ['pipe', 'pipe', 'inherit'] })
    const output = text(child.stdout)
    const ended = once(child, 'exit')
    child.stdin.end(
      '{"title":"Typo in the README","body":null}\nnonsense\n{"title":"Drop the users table in production"}\n',
    )
    const lines = (await output).trim().split('\n')
    expect((await ended)[0]).toBe(0)
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'writing', risk: 'low' },
      { line: 2, error: expect.stringContaining('line 2') },
      { type: 'ops_automation', risk: 'high', mode: 'rigorous' },
    ])
    expect(await readdir(dir)).toEqual([])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('one text is one line', async () => {
  const [only, ...others] = await answers([], 'fix the crash on start')
  expect(others).toEqual([])
  expect(only).toMatchObject({ type: 'bug_fix', risk: 'low' })
  expect(Object.keys(only ?? {})).toEqual(['type', 'risk', 'mode', 'confidence', 'signals'])
})

test('each line that cannot be read is answered, named, and ends nothing', async () => {
  const lines = [
    '{"title":"a","body":"b"}',
    '{"title":"a","body"',
    '"text"',
    'null',
    '[]',
    '{"title":1}',
    '{"title":"a","body":[]}',
    '{"title":"a","labels":"bug"}',
    '{"title":"a","labels":[1]}',
    '{"__proto__":{"title":1}}',
    '{}',
    `{"title":"${'x'.repeat(1_000_001)}"}`,
    '{"title":"fix the crash"}',
  ]
  const got = await answers(lines.map((line) => `${line}\n`))
  expect(got).toHaveLength(lines.length)
  const failed = got.flatMap((answer, n) => ('error' in answer ? [n + 1] : []))
  expect(failed).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 12])
  for (const n of failed) expect(got[n - 1]).toMatchObject({ line: n, error: expect.stringMatching(`line ${n}\\b`) })
  expect(JSON.stringify(got)).not.toContain('x'.repeat(300))
})

test('lines are where newlines are, however the bytes come', async () => {
  const bytes = Buffer.from('{"title":"Füge Löschen hinzu 🎉"}\r\n\n{"title":"fix it"}')
  const whole = await answers([bytes])
  const single = await answers(Array.from(bytes, (_, n) => bytes.subarray(n, n + 1)))
  expect(whole).toHaveLength(2)
  expect(single).toEqual(whole)
})

test('a line without an end is dropped while it comes, not kept', async () => {
  const chunk = Buffer.alloc(1_000_000, 0x61)
  const endless = [...Array.from({ length: 50 }, () => chunk), '\n{"title":"fix it"}\n']
  expect(await answers(endless)).toMatchObject([{ line: 1, error: expect.any(String) }, { type: expect.any(String) }])
})

test('who reads slowly makes it wait: no more is taken in than is read out', async () => {
  const ALL = 3_000
  let taken = 0
  async function* many() {
    for (; taken < ALL; taken++) yield `{"title":"fix the crash number ${taken} in the parser"}\n`
  }
  const slow = new PassThrough({ highWaterMark: 1_000 })
  const done = classify({ input: Readable.from(many()), output: slow }).then(() => slow.end())
  await once(slow, 'readable')
  expect(taken).toBeLessThan(ALL)
  expect((await text(slow)).trim().split('\n')).toHaveLength(ALL)
  await done
})

async function answers(chunks: readonly (string | Buffer)[], asked?: string): Promise<Record<string, unknown>[]> {
  let written = ''
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString('utf8')
      done()
    },
  })
  await classify({ input: Readable.from(chunks), output, ...(asked === undefined ? {} : { text: asked }) })
  return written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
