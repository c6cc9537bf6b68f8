import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { BASE_PATH } from '../../process/base-path.ts'
import type { ProcessResult } from '../../process/run.ts'
import { probeSandbox } from '../../process/sandbox.ts'
import type { McpBackendSettings } from '../../settings/settings.ts'
import type { FoundProgram } from '../agents/find-program.ts'
import { isFileOfHost } from '../backends/script.ts'
import { converse } from '../talk/converse.ts'
import { openMcpSession } from './mcp-session.ts'

const LOOK_MS = 20_000

/** What starting it and asking for its tools has shown. */
export type Looked = { readonly version: string; readonly tools: readonly string[] } | { readonly trouble: string }

/** Without network, in a box where there is one, and in a directory of its own. */
export async function lookAt(
  found: FoundProgram,
  settings: McpBackendSettings,
  env: Readonly<Record<string, string>>,
): Promise<Looked> {
  const home = await mkdtemp(join(tmpdir(), 'supervisor-look-'))
  const { available } = await probeSandbox()
  let seen: Looked | null = null
  try {
    const { result, trouble } = await converse(
      {
        argv: [found.file, ...settings.command.slice(1)],
        cwd: home,
        env: { PATH: BASE_PATH, LANG: 'C.UTF-8', ...env, HOME: home, TMPDIR: home },
        timeoutMs: LOOK_MS,
        maxOutputBytes: 10_000,
        floodBytes: 16_000_000,
        box: available ? { writable: [], readOnly: filesOf(found, settings), home } : null,
        runId: 'look',
      },
      async (partner) => {
        const session = await openMcpSession(partner, LOOK_MS)
        seen = { version: session.version, tools: session.tools.map((tool) => tool.name) }
        await session.close()
      },
    )
    return seen ?? { trouble: lastWords(result, trouble) }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

const lastWords = ({ stderr, error }: ProcessResult, trouble: Error | null): string =>
  (stderr.trim().split('\n').at(-1) || error || trouble?.message || 'it gave no reason').slice(0, 300)

/** The server and what it is made of: of a package, the folder of packages that it was installed into. */
export function filesOf(found: FoundProgram, { command }: McpBackendSettings): string[] {
  const files = command.filter(isFileOfHost)
  const parts = found.file.split(sep)
  const at = parts.indexOf('node_modules')
  return [...files, at === -1 ? found.file : parts.slice(0, at + 1).join(sep)]
}
