import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent, RunInput } from '../../src/execute/backend.ts'
import { makeRoom, type Room, sandbox } from '../process/run-support.ts'

export interface Bench {
  readonly room: Room
  readonly events: RunEvent[]
  input(more?: Partial<RunInput>): RunInput
  /** Another scratch directory, as each run has its own. */
  scratch(): string
}

/** A worktree with a protected `.git`, a scratch directory, and the input for a job in them. */
export function makeBench(): Bench {
  const room = makeRoom()
  const events: RunEvent[] = []
  const git = join(room.tree, '.git')
  const scratchDir = join(room.root, 'scratch')
  writeFileSync(git, 'gitdir: /elsewhere\n')
  mkdirSync(scratchDir)
  const input = (more: Partial<RunInput> = {}): RunInput => ({
    job: { id: room.runId, key: 'implement', type: 'executor', capability: 'coding', goal: 'Make it so', round: 0 },
    prompt: 'Do "this" and $(that)\n',
    grant: {
      tools: ['read', 'edit', 'shell'],
      paths: ['**'],
      network: [],
      environment: [],
      timeMs: 60_000,
      tokens: null,
      budgetUsd: 1,
    },
    workspace: { path: room.tree, readOnlyPaths: [git] },
    sandbox: sandbox.available ? 'required' : 'off',
    sandboxPaths: [],
    scratchDir,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    sessionId: null,
    sessionDir: null,
    budgetUsd: 1,
    timeoutMs: 30_000,
    ...more,
  })
  let count = 0
  const scratch = (): string => {
    count += 1
    const directory = join(room.root, `scratch-${count}`)
    mkdirSync(directory)
    return directory
  }
  return { room, events, input, scratch }
}

/** Writes a recording; whatever is given, so that broken ones can be written too. */
export function writeRecording(room: Room, recording: unknown): string {
  const file = join(room.root, 'recording.json')
  writeFileSync(file, typeof recording === 'string' ? recording : JSON.stringify(recording))
  return file
}
