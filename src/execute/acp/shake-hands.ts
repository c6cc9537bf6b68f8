import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client, methods } from '@agentclientprotocol/sdk'
import { BASE_PATH } from '../../process/base-path.ts'
import { probeSandbox } from '../../process/sandbox.ts'
import type { FoundProgram } from '../agents/find-program.ts'
import { converse } from '../talk/converse.ts'
import { streamOf } from '../talk/stream-of.ts'

/** An agent that is cold takes some ten seconds. */
const HANDS_MS = 40_000

/**
 * Starts an agent and asks it who it is: the one thing that tells whether a program speaks the protocol. Without network,
 * and in a box where there is one.
 * @returns its version (`unknown` where it names none), or null where it does not speak the protocol
 */
export async function shakeHands(
  { file, install }: FoundProgram,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'supervisor-hands-'))
  const { available } = await probeSandbox()
  let version: string | null = null
  try {
    await converse(
      {
        argv: [file, ...args],
        cwd: home,
        env: { PATH: BASE_PATH, LANG: 'C.UTF-8', ...env, HOME: home, TMPDIR: home },
        timeoutMs: HANDS_MS,
        maxOutputBytes: 10_000,
        floodBytes: 1_000_000,
        box: available ? { writable: [], readOnly: [install], home } : null,
        runId: 'version',
      },
      async (partner) => {
        const connection = client({ name: 'autopilot-supervisor' }).connect(streamOf(partner))
        try {
          const told = await connection.agent.request(methods.agent.initialize, {
            protocolVersion: 1,
            clientCapabilities: {},
          })
          if (told.protocolVersion === 1) version = told.agentInfo?.version?.slice(0, 50) ?? 'unknown'
        } finally {
          connection.close()
        }
      },
    )
    return version
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}
