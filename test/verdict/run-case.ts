import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Report } from '../../src/cli/verify/print.ts'
import { verifyLocal } from '../../src/cli/verify.ts'
import { GIT_ENVIRONMENT } from '../support/git-environment.ts'
import type { VerdictCase } from './cases.ts'
import type { Files } from './dialects/dialect.ts'

export interface Outcome {
  readonly one: VerdictCase
  readonly report: Report
  readonly isGreen: boolean
}

/** A repository of two commits, verified as `supervisor verify` would. @param packages a node_modules for it, or null */
export async function runCase(one: VerdictCase, packages: string | null): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'verdict-'))
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, env: GIT_ENVIRONMENT, stdio: 'pipe' })
    git('init', '-q', '-b', 'main')
    await write(dir, one.base)
    git('add', '-A')
    git('commit', '-q', '-m', 'base')
    await write(dir, one.change)
    git('add', '-A')
    git('commit', '-q', '--allow-empty', '-m', 'change')
    if (packages !== null) await symlink(packages, join(dir, 'node_modules'))
    const options = {
      repo: dir,
      base: 'HEAD~1',
      head: 'HEAD',
      type: one.type,
      sandbox: 'auto',
      timeout: one.timeout ?? '60s',
    }
    const report = await verifyLocal(options, new AbortController().signal)
    return { one, report, isGreen: report.verdict === 'pass' }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function write(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) await rm(join(dir, path))
    else {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), text)
    }
  }
}
