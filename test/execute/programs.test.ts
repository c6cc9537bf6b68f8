import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { script } from '../../src/execute/backends/script.ts'
import { shell } from '../../src/execute/backends/shell.ts'
import type { ScriptBackendSettings, ShellBackendSettings } from '../../src/settings/settings.ts'
import { bin, sandbox } from '../process/run-support.ts'
import { makeBench } from './execute-support.ts'

const scriptOf = (command: ScriptBackendSettings['command'], more: Partial<ScriptBackendSettings> = {}) =>
  script('mine', { type: 'script', command, capabilities: ['coding'], env: {}, ...more })
const shellOf = (run: string, more: Partial<ShellBackendSettings> = {}) =>
  shell('mine', { type: 'shell', run, capabilities: ['coding'], env: {}, ...more })

describe('a program', () => {
  test('is told about its job and gets the operator’s variables, and nothing of our own environment', async () => {
    process.env['SUPERVISOR_TEST_CANARY'] = 'canary-of-the-environment'
    const { input } = makeBench()
    const job = { ...input().job, round: 2 }
    const agent = await scriptOf([bin('agent.sh')], { env: { FOO: 'bar' } }).run(input({ job }))
    const { log } = await shellOf('env').run(input())
    delete process.env['SUPERVISOR_TEST_CANARY']
    expect(agent.summary).toBe('I wrote answer.txt for implement, round 2; FOO is bar.')
    expect(log).toContain('SUPERVISOR_JOB_KEY=implement')
    expect(log).toContain('LANG=C.UTF-8')
    expect(log).not.toContain('canary')
  })

  test('gets a private home and temporary directory, whatever its settings say', async () => {
    const bench = makeBench()
    const env = { HOME: '/root', TMPDIR: '/root' }
    const { log } = await shellOf('echo "$HOME $TMPDIR"; cd && : > kept && mktemp', { env }).run(bench.input())
    const home = join(bench.room.root, 'scratch/home')
    expect(log).toContain(`${home} ${home}/tmp\n${home}/tmp/`)
    expect(existsSync(join(home, 'kept'))).toBe(true)
  })

  test('that fails says how: exit code and its last words on stderr', async () => {
    const { input } = makeBench()
    const result = await shellOf('echo thinking; echo "cannot go on" >&2; exit 7').run(input())
    expect(result).toMatchObject({ ended: 'failed', exitCode: 7, summary: 'thinking' })
    expect(result.errors).toEqual(['exit code 7', 'cannot go on'])
  })

  test('may print what a database or a comment cannot hold', async () => {
    const result = await shellOf("printf '\\033[32mgreen\\033[0m \\000 end'").run(makeBench().input())
    expect(result.summary).toBe('green \u{fffd} end')
    expect(result.log).not.toContain('\0')
  })

  test('that exits well without a change is only "completed": nothing is made of it here', async () => {
    const result = await scriptOf([bin('silent.sh')]).run(makeBench().input())
    expect(result).toMatchObject({ ended: 'completed', exitCode: 0, summary: '', errors: [] })
  })

  test('that falls silent is stalled, and that floods is stopped with a bounded log', async () => {
    const { input } = makeBench()
    expect((await scriptOf([bin('stall.sh')], { idleMs: 1000 }).run(input())).ended).toBe('stalled')
    const flooded = await scriptOf([bin('flood.sh')]).run(input())
    expect(flooded).toMatchObject({
      ended: 'output_limit',
      errors: ['stopped: it printed too much', expect.any(String)],
    })
    expect(Buffer.byteLength(flooded.log)).toBeLessThanOrEqual(256_000)
    expect(Buffer.byteLength(flooded.summary)).toBeLessThanOrEqual(16_000)
  })

  test('keeps the end of a long answer as its summary', async () => {
    const result = await shellOf('seq 1 20000; echo "the end"').run(makeBench().input())
    expect(result.ended).toBe('completed')
    expect(Buffer.byteLength(result.summary)).toBeLessThanOrEqual(16_000)
    expect(result.summary.endsWith('20000\nthe end')).toBe(true)
  })

  test('that is not installed is told by the probe, with the setting to correct', async () => {
    for (const command of ['/no/such/agent', 'no-such-agent', '/etc/passwd', '/usr']) {
      const probe = await scriptOf([command]).probe()
      expect(probe).toMatchObject({ available: false })
      if (!probe.available) expect(probe.reason).toMatch(/backends\.mine\.command/)
    }
    expect(await scriptOf(['sh']).probe()).toMatchObject({ available: true })
    expect((await scriptOf(['no-such-agent']).run(makeBench().input())).ended).toBe('unavailable')
  })

  test('named by a relative path is the operator’s, never a file of the repository', async () => {
    const bench = makeBench()
    writeFileSync(join(bench.room.tree, 'agent.sh'), '#!/bin/sh\necho hijacked > hijacked\n', { mode: 0o755 })
    const result = await scriptOf(['./agent.sh']).run(bench.input())
    expect(result.ended).toBe('unavailable')
    expect(existsSync(join(bench.room.tree, 'hijacked'))).toBe(false)
  })
})

describe.runIf(sandbox.available)('a program in the box', () => {
  test('sees the files that its command names, not their neighbours, and what the operator opens to it', async () => {
    const bench = makeBench()
    const tools = join(bench.room.root, 'tools')
    mkdirSync(tools)
    writeFileSync(join(tools, 'agent.sh'), 'ls "$1"')
    writeFileSync(join(tools, 'key'), 'canary')
    const agent = scriptOf(['/bin/sh', join(tools, 'agent.sh'), tools])
    expect((await agent.run(bench.input())).log).toBe('agent.sh\n')
    expect((await agent.run(bench.input({ sandboxPaths: [tools] }))).log).toBe('agent.sh\nkey\n')
  })

  test('cannot change what the workspace protects', async () => {
    const bench = makeBench()
    const result = await shellOf('rm -f .git; echo gone > .git').run(bench.input())
    expect(result).toMatchObject({ ended: 'failed', isolation: 'bubblewrap' })
    expect(readFileSync(join(bench.room.tree, '.git'), 'utf8')).toBe('gitdir: /elsewhere\n')
  })

  test('without a worktree works in an empty directory of its own', async () => {
    const result = await shellOf('ls -A; echo notes > notes; pwd').run(makeBench().input({ workspace: null }))
    expect(result).toMatchObject({ ended: 'completed' })
    expect(result.summary).toMatch(/^\/.*\/scratch\/work$/)
  })
})

test.runIf(!sandbox.available)('a program does not run where a box is required and there is none', async () => {
  const bench = makeBench()
  const result = await shellOf('echo open > open').run(bench.input({ sandbox: 'required' }))
  expect(result).toMatchObject({ ended: 'unavailable', errors: [expect.stringContaining('sandbox: off')] })
  expect(existsSync(join(bench.room.tree, 'open'))).toBe(false)
})

test('a program runs without a box only where the operator switched it off, and the record says so', async () => {
  const result = await shellOf('echo open').run(makeBench().input({ sandbox: 'off' }))
  expect(result).toMatchObject({ ended: 'completed', isolation: 'none' })
})
