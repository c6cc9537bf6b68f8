import { PART_BEGIN, PART_END } from './markers.ts'
import { diffText, RISK_WORDS, TYPE_WORDS } from './text/about.ts'
import { agentWords } from './text/agent-words.ts'
import { evidenceTable, excerpts } from './text/evidence-table.ts'
import { list, shortSha } from './text/format.ts'
import { wordsFor } from './text/reasons.ts'
import { code, link, login, plain, quote, subject } from './text/safe.ts'
import type { TaskView } from './view.ts'

const MAX_TITLE = 256
const MAX_BODY = 60_000
const ROOMS = [
  { request: 1_500, words: 1_500, excerpt: 2_000 },
  { request: 600, words: 400, excerpt: 500 },
  { request: 200, words: 0, excerpt: 0 },
] as const

/** Title and body of the task's pull request. Pure; nothing in it depends on the clock. */
export function renderPull(view: TaskView): { title: string; body: string } {
  const bodies = ROOMS.map((room) => `${PART_BEGIN}\n${draw(view, room)}\n${PART_END}`)
  return {
    title: titleOf(view),
    body: bodies.find((body) => body.length <= MAX_BODY) ?? `${PART_BEGIN}\n${closing(view)}\n${PART_END}`,
  }
}

/** Our part put into the body that stands on GitHub now: what people wrote around it stays. */
export function mergePullBody(present: string | null, ours: string): string {
  const text = present ?? ''
  const begin = text.indexOf(PART_BEGIN)
  const end = text.indexOf(PART_END, begin)
  if (begin < 0 || end < 0) return text.trim() === '' || text.includes(ours) ? ours : `${ours}\n\n${text}`
  return `${text.slice(0, begin)}${ours}${text.slice(end + PART_END.length)}`
}

function titleOf({ task }: TaskView): string {
  return subject(task.title, MAX_TITLE) || subject(task.request, MAX_TITLE) || `Change for task ${task.id}`
}

function draw(view: TaskView, room: (typeof ROOMS)[number]): string {
  const { task } = view
  const sections = [
    what(view),
    task.request.trim() === '' ? '' : quote(task.request, room.request),
    `### Evidence\n${verdict(view)}`,
    evidenceTable(view.evidence),
    ...excerpts(view.evidence, room.excerpt, 'not passed'),
    `**Risk:** ${risk(view)}`,
    notDone(view),
    `**To go on:** ${goOn(view)}`,
    agentWords(view, room.words),
    closing(view),
  ]
  return sections.filter((s) => s !== '').join('\n\n')
}

function what({ task, links, diff }: TaskView): string {
  const kind = task.classification === null ? 'Change' : TYPE_WORDS[task.classification.type]
  const size = diff === null ? '' : ` (${diffText(diff)})`
  return `${kind}${size}, made by an agent under supervision for ${login(task.requester.login)}, who asked for it in ${link('this thread', links.issue)}:`
}

function verdict({ task, evidence }: TaskView): string {
  const commit = task.headSha === null ? '' : ` on commit \`${shortSha(task.headSha)}\``
  if (task.verdict === 'pass')
    return `**Verified:** every required criterion passed${commit}. The supervisor ran the checks itself, in a fresh checkout.`
  if (task.verdict === 'fail') return `**Not verified: checks failed**${commit}. This is a draft for people to look at.`
  return evidence.length === 0
    ? 'Nothing was verified.'
    : `**Inconclusive**${commit}: not everything required could be shown. Check by hand what was not run.`
}

function risk({ task, diff }: TaskView): string {
  const level = task.classification === null ? 'not classified' : RISK_WORDS[task.classification.risk]
  const paths = diff?.protectedPaths ?? []
  if (diff === null) return `${level}.`
  if (paths.length === 0) return `${level}. No protected paths are touched.`
  return `${level}. Protected paths are touched: ${list(
    paths.map((p) => code(p, 160)),
    12,
  )}.`
}

/** What did not pass or did not run, so that nobody takes it for done. */
function notDone({ evidence, notes }: TaskView): string {
  const open = evidence
    .filter((e) => e.verdict === 'not_run' || (e.verdict === 'inconclusive' && e.required))
    .slice(0, 12)
  const lines = open.map(
    (e) =>
      `- ${plain(e.criterion, 120) || 'A criterion'}: ${e.reasonCode === null ? 'not run.' : wordsFor(e.reasonCode).happened}`,
  )
  if (notes.some((n) => n.reasonCode === 'comments_left_out'))
    lines.push('- Comments by people without write access were not read.')
  return lines.length === 0 ? '' : `**Not done**\n${lines.join('\n')}`
}

function goOn({ task, verbs }: TaskView): string {
  const has = (verb: 'cancel' | 'retry'): boolean => verbs === undefined || verbs.includes(verb)
  if (task.verdict === 'fail') {
    const retry = has('retry') ? ' `/supervise retry` in the thread lets an agent go on from this branch.' : ''
    return `look at the draft, take its branch over, or close it.${retry}`
  }
  const cancel = has('cancel') ? ' `/supervise cancel` in the thread stops the task.' : ''
  return `approve and merge, or request changes in a review: the agent works on them and the checks run again.${cancel} Closing this pull request rejects the result.`
}

/** The one line that GitHub may act on. A closing word works only towards the default branch, and only for issues. */
function closing({ task }: TaskView): string {
  const closes = !task.isPullRequest && task.baseBranch === task.repository.defaultBranch && task.verdict !== 'fail'
  return `${closes ? 'Closes' : 'Refs'} #${task.issueNumber}`
}
