import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { realProgram } from './real-programs.ts'

const ROOT = packageRoot(import.meta.dirname)
const DEMO_MS = 5 * 60_000

test.each(['claude-code', 'codex'] as const)(
  'the real %s mends the demo’s bug, in the sandbox, and does what the reviewer asks for',
  async (backend) => {
    const home = mkdtempSync(join(tmpdir(), 'supervisor-demo-home-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    // Made from nothing: no key and no address of this machine can come along.
    const env = {
      PATH: [dirname(process.execPath), dirname(realProgram(backend)), '/usr/bin', '/bin'].join(':'),
      HOME: home,
      ...(process.env['DATABASE_URL'] ? { DATABASE_URL: process.env['DATABASE_URL'] } : {}),
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'src/main.ts'), 'demo', '--backend', backend, '--model-stub', '--json'],
      { cwd: home, env, timeout: DEMO_MS, maxBuffer: 10_000_000 },
    )
    const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>
    expect(told).toMatchObject({ state: 'DONE', checkConclusion: 'success', pullRequest: 2, isolation: ['bubblewrap'] })
    expect(told['spentUsd']).toBeGreaterThan(0)
    expect(told['tokens']).toBeGreaterThan(60_000)
    expect(stdout).toMatch(/pass +tests: node --test, exit 0, 5 passed/)
  },
  DEMO_MS + 30_000,
)
