import type { Verdict } from '../task/task.ts'
import { shortSha } from './text/format.ts'
import { link } from './text/safe.ts'

/** What became of the place that a thread is about, by git and by nothing that anybody said. */
export const THREAD_OUTCOMES = [
  'changed',
  'near',
  'elsewhere',
  'file_changed',
  'file_moved',
  'file_removed',
  'untouched',
  'no_commit',
] as const
export type ThreadOutcome = (typeof THREAD_OUTCOMES)[number]

/** The one answer in a thread whose wish a round has worked on. All of it is ours; nothing foreign is repeated. */
export interface ThreadReply {
  readonly outcome: ThreadOutcome
  /** Whether the thread is about several lines. */
  readonly several: boolean
  /** The round's commit, as GitHub has it. */
  readonly sha: string
  readonly url: string
  readonly verdict: Verdict | null
}

/**
 * Says which commit touched the place, and never that the wish is fulfilled: that is for people to judge, who also
 * resolve the thread. Pure; the caller adds the marker.
 */
export function renderThreadReply({ outcome, several, sha, url, verdict }: ThreadReply): string {
  const commit = link(`\`${shortSha(sha)}\``, url)
  const [said, judged] = WORDS[outcome](commit, several ? 'These lines were' : 'This line was')
  const evidence = judged ? ` ${VERDICTS[verdict ?? 'inconclusive']}` : ''
  return `${said}${evidence} Resolving this thread is left to you.`
}

type Words = (commit: string, lines: string) => readonly [said: string, judged: boolean]

const WORDS: Record<ThreadOutcome, Words> = {
  changed: (commit, lines) => [`${lines} changed in ${commit}.`, true],
  near: (commit, lines) => [`${lines} not changed in this round; lines right beside were, in ${commit}.`, true],
  elsewhere: (commit) => [
    `No line near here was changed in this round; other lines of this file were, in ${commit}.`,
    true,
  ],
  file_changed: (commit) => [`This file was changed in ${commit}.`, true],
  file_moved: (commit) => [`This file was moved in ${commit}.`, true],
  file_removed: (commit) => [`This file was removed in ${commit}.`, true],
  untouched: (commit) => [`No line near here was changed in this round; ${commit} does not touch this file.`, true],
  no_commit: (commit) => [`Nothing was changed in this round: the agent left ${commit} as it is.`, false],
}

const VERDICTS: Record<Verdict, string> = {
  pass: 'The commit is verified.',
  fail: 'The checks on that commit failed.',
  inconclusive: 'The checks on that commit show nothing either way.',
}
