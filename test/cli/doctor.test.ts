import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { bin } from '../process/run-support.ts'

const MAIN = join(packageRoot(import.meta.dirname), 'src', 'main.ts')
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'doctor-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function doctor(settings: string, env: Record<string, string> = {}) {
  await writeFile(join(dir, 'supervisor.config.yml'), settings)
  return new Promise<{ code: number; stdout: string }>((resolve) => {
    const environment = { PATH: '/usr/bin:/bin', ...env }
    execFile(process.execPath, [MAIN, 'doctor'], { cwd: dir, env: environment }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    )
  })
}

const AGENT = `claude: { type: claude-code, command: [${bin('claude-like.mjs')}], apiKeyEnv: THE_KEY }`

test('tells what is there, in which version, and what each backend lacks', async () => {
  const settings = `sandbox: off\nbackends:\n  ${AGENT}\n  codex: { type: codex, command: [no-such-codex] }\n`
  const { code, stdout } = await doctor(settings, { THE_KEY: 'sk-fake' })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^✓ node +v\d+/m)
  expect(stdout).toMatch(/^✓ git +\d+\.\d+/m)
  expect(stdout).toMatch(/^✓ database +the embedded Postgres/m)
  expect(stdout).toMatch(/^✓ backend claude +claude-code 2\.0\.0: coding/m)
  expect(stdout).toMatch(/^! backend codex .*\n {2}→ .*npm install -g @openai\/codex/m)
  expect(stdout).not.toContain('sk-fake')
})

test('tells of agents and servers that are spoken with: who they are, and what they lack', async () => {
  const settings = `sandbox: off
backends:
  ${AGENT}
  free: { type: acp, command: [${bin('acp-like.mjs')}] }
  metered: { type: acp, command: [${bin('acp-like.mjs')}], provider: anthropic, apiKeyEnv: THE_KEY }
  deaf: { type: acp, command: [/bin/cat] }
  gone: { type: acp, command: [/no/opencode, acp], model: m, apiKeyEnv: THE_KEY }
  tickets: { type: mcp, command: [${bin('mcp-like.mjs')}], tools: [search, find] }
  keyless: { type: mcp, command: [${bin('mcp-like.mjs')}], tools: [search], envFrom: [TRACKER_TOKEN] }
`
  const { code, stdout } = await doctor(settings, { THE_KEY: 'sk-fake' })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^! backend free +acp 0\.3\.1: coding.*\n {2}→ .*provider/m)
  expect(stdout).toMatch(/^✓ backend metered +acp 0\.3\.1: coding/m)
  expect(stdout).toMatch(/^! backend deaf .*\n {2}→ .*does not speak the Agent Client Protocol/m)
  expect(stdout).toMatch(/^! backend gone .*\n {2}→ .*npm install -g opencode-ai/m)
  expect(stdout).toMatch(/^! backend tickets +mcp 4\.5\.6: mcp\n {2}→ .*no tool find; it has write, hang, search/m)
  expect(stdout).toMatch(/^! backend keyless .*\n {2}→ .*TRACKER_TOKEN/m)
})

test('ends with 1 where something needed is missing, and shows no password', async () => {
  const { code, stdout } = await doctor(`sandbox: off\nbackends:\n  ${AGENT}\n`, {
    DATABASE_URL: 'postgres://u:secret-password@127.0.0.1:1/x',
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^✗ database .*ECONNREFUSED/m)
  expect(stdout).toMatch(/^✗ backend claude .*\n {2}→ .*THE_KEY/m)
  expect(stdout).not.toContain('secret-password')
})

test('goes on where the settings cannot be read', async () => {
  const { code, stdout } = await doctor('backends: { a: { type: bash } }')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^✓ git/m)
  expect(stdout).toMatch(/^✗ configuration .*backends\.a\.type/m)
})
