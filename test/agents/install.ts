import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { packageRoot } from '../../src/package-root.ts'
import { probeSandbox } from '../../src/process/sandbox.ts'

/** The versions that were measured. Large, and not ours to ship: no dependencies of the project. */
const PACKAGES = {
  '@anthropic-ai/claude-code': '2.1.330',
  '@openai/codex': '0.169.0',
  'opencode-ai': '1.18.33',
} as const
const INSTALL_MS = 15 * 60_000

declare module 'vitest' {
  interface ProvidedContext {
    agents: string
  }
}

/**
 * Installs the real agents into a cache folder (SUPERVISOR_AGENTS_DIR, else node_modules/.cache) and says what is
 * missing. What cannot be installed cannot be tested, and says nothing about this project: that is printed. Where there
 * is no sandbox the tests fail in CI and are left out elsewhere.
 */
export default async function setup(project: TestProject): Promise<void> {
  const dir =
    process.env['SUPERVISOR_AGENTS_DIR'] ??
    join(packageRoot(import.meta.dirname), 'node_modules/.cache/supervisor-agents')
  const noSandbox = await sandboxMissing()
  const reason = noSandbox ?? (await install(dir))
  if (reason !== null) {
    process.stderr.write(`\nThe real agents are not tested here: ${reason}\n`)
    process.exit(process.env['CI'] && noSandbox !== null ? 1 : 0)
  }
  project.provide('agents', dir)
}

async function sandboxMissing(): Promise<string | null> {
  const sandbox = await probeSandbox()
  return sandbox.available ? null : sandbox.reason
}

async function install(dir: string): Promise<string | null> {
  mkdirSync(dir, { recursive: true })
  if (isThere(dir)) return null
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }))
  process.stderr.write(`Installing ${Object.keys(PACKAGES).join(', ')} into ${dir} (some 1.2 GB) …\n`)
  try {
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: dir,
      timeout: INSTALL_MS,
    })
  } catch (error) {
    const said = error instanceof Error ? error.message.slice(-2_000) : String(error)
    // The registry answers, and does not have them: a mirror need not hold everything.
    if (/\b(?:E404|ETARGET|ENOVERSIONS)\b/.test(said)) return `the registry does not have them: ${said}`
    return `npm could not install them: ${said}`
  }
  const suffix = `${process.platform}-${process.arch}`
  return isThere(dir) ? null : `the registry has no packages of the agents for ${suffix}`
}

/** The native programs themselves: npm leaves a platform's package out without a word where it has none. */
function isThere(dir: string): boolean {
  const suffix = `${process.platform}-${process.arch}`
  return [`@anthropic-ai/claude-code-${suffix}`, `@openai/codex-${suffix}`, 'opencode-ai'].every((name) =>
    existsSync(join(dir, 'node_modules', name, 'package.json')),
  )
}
