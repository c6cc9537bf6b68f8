import { sampleChangeRequest, sampleRecording } from '../recording.ts'
import type { Asked, Reply } from './shape.ts'

/** Tokens such as a small change takes. */
const USAGE = { input: 4_000, cacheRead: 12_000, output: 600 } as const

/**
 * A model that mends the sample's bug, for an agent that has a shell: it tells the agent to write what the recorded run
 * wrote, and when that is done it says so. Asked by a reviewer for more, it does the next round.
 */
export function sampleModel({ prompt, result, body }: Asked): Reply {
  const conversation = JSON.stringify(body['messages'] ?? body['input'] ?? [])
  const round = conversation.includes(sampleChangeRequest) ? 1 : 0
  const { say, edits } = sampleRecording.rounds[round]
  if (result !== null || prompt === '') return { say, usage: USAGE }
  return { run: edits.map(writing).join('\n'), usage: USAGE }
}

const END = 'END-OF-FILE'

/** Names and contents are our own; the delimiter is in none of them. */
const writing = ({ path, content }: { readonly path: string; readonly content: string }): string =>
  `cat > ${path} <<'${END}'\n${content}${END}`
