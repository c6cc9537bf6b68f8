import { findReplyByMarker, replyInThread } from '../../github/review-comments.ts'
import { replyMarker } from '../../report/markers.ts'
import type { ThreadOutcome } from '../../report/thread-reply.ts'
import { renderThreadReply } from '../../report/thread-reply.ts'
import { sha256 } from '../../task/hash.ts'
import { fateOf, movedLines } from '../../task/hunk.ts'
import { diffBetween } from '../../workspace/diff.ts'
import { hunksOf } from '../../workspace/hunks.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { openMirror } from '../../workspace/mirror.ts'
import { resolveCommits } from '../../workspace/refs.ts'
import { freshMirror } from '../git/sync-mirror.ts'
import type { ThreadToAnswer } from '../outbox/answer-threads.ts'
import { findLost } from '../outbox/find-lost.ts'
import type { SendSurface, SurfaceContext } from '../outbox/surface.ts'

/** The one answer in a thread after a round. It is never edited, and never repeated; the thread is left to people. */
export const sendThreadReply: SendSurface = async (context) => {
  const { corridor, row, repository } = context
  const asked = row.payload as ThreadToAnswer
  if (row.sentHash !== null) return { hash: row.sentHash, remoteId: row.remoteId }
  const { github } = corridor
  const marker = replyMarker(row.key)
  const { lines } = asked.thread
  const body = `${renderThreadReply({
    outcome: await outcomeOf(context, asked),
    several: lines !== null && lines.to > lines.from,
    sha: asked.after,
    url: `${github.webUrl(repository)}/commit/${asked.after}`,
    verdict: asked.verdict,
  })}\n\n${marker}`
  const hash = sha256(body)
  const known =
    (await findLost(row, () => findReplyByMarker(github, repository, asked.pullNumber, marker))) ??
    (await replyInThread(github, repository, asked.pullNumber, asked.thread.id, body))
  // Somebody has deleted the thread: there is nobody left to answer.
  return { hash, remoteId: known === null ? null : String(known) }
}

async function outcomeOf(
  { corridor, repository }: SurfaceContext,
  { path, thread, before, after }: ThreadToAnswer,
): Promise<ThreadOutcome> {
  if (before === after) return 'no_commit'
  const commits = thread.commit === null ? [before, after] : [before, after, thread.commit]
  const opened = await openMirror(corridor.workRoot, repository.id)
  const isWhole = (await resolveCommits(opened, commits)).every((sha) => sha !== null)
  // Another machine's mirror may have made the round; all of it is on GitHub by now.
  const mirror = isWhole ? opened : await freshMirror(corridor, repository)
  const { files } = await diffBetween(mirror, before, after)
  const file = files.find((one) => one.path === path || one.oldPath === path)
  if (!file) return 'untouched'
  if (file.oldPath === path) return 'file_moved'
  if (file.status === 'deleted') return 'file_removed'
  const lines = await linesIn(mirror, before, path, thread)
  if (lines === null) return 'file_changed'
  const fate = fateOf(lines, await hunksOf(mirror, before, after, path))
  return fate === 'same' ? 'elsewhere' : fate
}

/** The lines that are spoken of, as they stood before the round; null where they cannot be told there. */
async function linesIn(mirror: Mirror, before: string, path: string, { commit, lines }: ThreadToAnswer['thread']) {
  if (lines === null || commit === null) return null
  if (commit === before) return lines
  const [known] = await resolveCommits(mirror, [commit])
  return known ? movedLines(lines, await hunksOf(mirror, known, before, path)) : null
}
