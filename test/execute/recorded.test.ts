import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recorded } from '../../src/execute/backends/recorded.ts'
import { type Bench, makeBench, writeRecording } from './execute-support.ts'

const backendOf = (bench: Bench, recording: unknown) =>
  recorded('tape', { type: 'recorded', recording: writeRecording(bench.room, recording), capabilities: ['coding'] })
const withEdits = (...edits: unknown[]) => ({ version: 1, rounds: [{ say: 'done', edits }] })

describe('a recorded run', () => {
  test('makes, changes and deletes files, and tells words, tokens and cost', async () => {
    const bench = makeBench()
    writeFileSync(join(bench.room.tree, 'old.txt'), 'old')
    writeFileSync(join(bench.room.tree, 'changed.txt'), 'before')
    const edits = [
      { path: 'src/deep/new.ts', content: 'export {}\n' },
      { path: 'changed.txt', content: 'after' },
      { path: 'old.txt', delete: true },
      { path: 'never/was.txt', delete: true },
    ]
    const round = { say: 'All green.', edits, tokensIn: 100, tokensOut: 20, costUsd: 0.25 }
    const result = await backendOf(bench, { version: 1, rounds: [round] }).run(bench.input())
    expect(result).toMatchObject({
      ended: 'completed',
      summary: 'All green.',
      tokensIn: 100,
      tokensOut: 20,
      costUsd: 0.25,
    })
    expect(result.isolation).toBe('in_process')
    expect(readFileSync(join(bench.room.tree, 'src/deep/new.ts'), 'utf8')).toBe('export {}\n')
    expect(readFileSync(join(bench.room.tree, 'changed.txt'), 'utf8')).toBe('after')
    expect(readdirSync(bench.room.tree).sort()).toEqual(['.git', 'changed.txt', 'src'])
    expect(bench.events).toEqual([{ type: 'message', text: 'All green.' }])
  })

  test('plays the round of the job, and the last one again beyond the end', async () => {
    const bench = makeBench()
    const rounds = ['first', 'second'].map((say) => ({ say, edits: [{ path: 'round.txt', content: say }] }))
    const backend = backendOf(bench, { version: 1, rounds })
    const said: string[] = []
    for (const round of [0, 1, 2, 7]) {
      said.push((await backend.run(bench.input({ job: { ...bench.input().job, round } }))).summary)
    }
    expect(said).toEqual(['first', 'second', 'second', 'second'])
  })

  test.each([
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a/./b',
    'a//b',
    '.git',
    '.git/hooks/pre-commit',
    'sub/.GIT/config',
    'a\\..\\b',
    'nul\0',
    '',
  ])('with the path %j is refused as a whole, by probe and by run', async (path) => {
    const bench = makeBench()
    const backend = backendOf(bench, withEdits({ path: 'fine.txt', content: 'x' }, { path, content: 'x' }))
    expect(await backend.probe()).toMatchObject({ available: false })
    expect((await backend.run(bench.input())).ended).toBe('unavailable')
    expect(readdirSync(bench.room.tree)).toEqual(['.git'])
    expect(readFileSync(join(bench.room.tree, '.git'), 'utf8')).toBe('gitdir: /elsewhere\n')
  })

  test('does not write through links of the worktree, and then writes nothing at all', async () => {
    const bench = makeBench()
    const outside = join(bench.room.root, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'file'), 'untouched')
    symlinkSync(outside, join(bench.room.tree, 'folder'))
    symlinkSync(join(outside, 'file'), join(bench.room.tree, 'link'))
    symlinkSync(join(outside, 'made'), join(bench.room.tree, 'dangling'))
    for (const path of ['folder/file', 'folder/new', 'link', 'dangling']) {
      const edits = withEdits({ path: 'fine.txt', content: 'x' }, { path, content: 'evil' })
      const result = await backendOf(bench, edits).run(bench.input())
      expect(result).toMatchObject({ ended: 'failed', errors: [expect.stringMatching(/is a symbolic link$/)] })
    }
    await backendOf(bench, withEdits({ path: 'folder/file', delete: true })).run(bench.input())
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('untouched')
    expect(readdirSync(outside)).toEqual(['file'])
    expect(existsSync(join(bench.room.tree, 'fine.txt'))).toBe(false)
  })

  test('that cannot be read says which file and what is wrong with it', async () => {
    const bench = makeBench()
    const broken: [unknown, RegExp][] = [
      ['{', /recording\.json: it is not JSON/],
      [{ version: 2, rounds: [] }, /version/],
      [{ version: 1, rounds: [] }, /rounds/],
      [withEdits({ path: 'a', contents: 'typo' }), /rounds/],
    ]
    for (const [recording, reason] of broken) {
      const probe = await backendOf(bench, recording).probe()
      expect(probe).toMatchObject({ available: false, reason: expect.stringMatching(reason) })
      expect(probe).toMatchObject({ reason: expect.stringContaining('backends.tape.recording') })
    }
    const missing = recorded('tape', { type: 'recorded', recording: '/no/such/file.json', capabilities: ['coding'] })
    expect(await missing.probe()).toMatchObject({
      available: false,
      reason: expect.stringContaining('/no/such/file.json'),
    })
  })

  test('with edits fails for a task that has no worktree', async () => {
    const bench = makeBench()
    const result = await backendOf(bench, withEdits({ path: 'a', content: 'x' })).run(bench.input({ workspace: null }))
    expect(result).toMatchObject({ ended: 'failed', errors: ['playing recorded edits: this task has no worktree'] })
  })
})
