import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { runChecks } from '../../src/verify/commands/run-checks.ts'
import { judge } from '../../src/verify/judge.ts'

// A machine without user namespaces cannot be had at will; only the answer of the probe is replaced.
vi.mock('../../src/process/sandbox.ts', async (original) => ({
  ...(await original<typeof import('../../src/process/sandbox.ts')>()),
  probeSandbox: async () => ({ available: false, reason: 'bubblewrap is not installed' }),
}))

it('runs nothing where a sandbox is required and there is none, and says why', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'verify-test-'))
  try {
    const { evidence, outputs } = await runChecks({
      tree,
      commit: 'c0ffee',
      verification: {
        setup: 'touch setup-ran',
        setupTimeoutMs: 10_000,
        commands: [{ name: 'Tests', run: 'touch ran', timeoutMs: 10_000, required: true }],
        source: 'repository',
      },
      sandbox: 'required',
      sandboxPaths: [],
      scratchDir: join(tree, 'scratch'),
      signal: new AbortController().signal,
      runId: 'verify-no-sandbox',
    })
    expect(evidence).toMatchObject([
      { verdict: 'inconclusive', reasonCode: 'sandbox_unavailable', excerpt: 'bubblewrap is not installed' },
    ])
    expect(outputs).toEqual([])
    expect(await readdir(tree)).toEqual([])
    expect(judge(evidence)).toEqual({ verdict: 'inconclusive', reasonCode: 'sandbox_unavailable' })
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
})
