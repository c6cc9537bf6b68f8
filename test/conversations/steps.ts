import type { CommentJson, ReviewJson } from '../../src/demo/types.ts'
import type { World } from '../support/world.ts'

/** Where a story stands: the world, and what later sentences speak of. */
export interface Stage {
  readonly w: World
  /** Of each person on each thread, the newest. */
  readonly lastComment: Map<string, number>
  readonly lastReview: Map<string, number>
  /** The story's agent stands still until it is let go. */
  agentWaits: boolean
  /** When the program started last, by the database's clock. */
  runsSince: Date
}

type Act = (stage: Stage, words: readonly string[], text: string) => Promise<unknown>

const WHO = '([a-z]+(?:\\[bot\\])?)'
const EVENTS = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Every sentence that a story can have: to teach it another one, add a row. Text after the colon is the last word. */
const SENTENCES: readonly (readonly [sentence: string, act: Act])[] = [
  [`${WHO} opens #(\\d+): (.+)`, open],
  [`${WHO} comments on #(\\d+):(.*)`, comment],
  [`${WHO} edits their last comment on #(\\d+):(.*)`, edit],
  [`${WHO} labels #(\\d+): (.+)`, ({ w }, [who = '', at, label = '']) => w.gh.as(who).label(w.repo, Number(at), label)],
  [`${WHO} takes (\\S+) off #(\\d+)`, unlabel],
  [`${WHO} comments on (\\S+):(\\d+) of #(\\d+):(.*)`, commentOnLine],
  [`${WHO} reviews (?:(\\S+) of )?#(\\d+): ([A-Z_]+)(.*)`, review],
  [`${WHO} dismisses the review of ${WHO} on #(\\d+): (.+)`, dismiss],
  [`${WHO} merges #(\\d+)`, ({ w }, [who = '', at]) => w.gh.as(who).merge(w.repo, Number(at))],
  [`${WHO} closes #(\\d+)`, close],
  [`${WHO} pushes (\\S+) to #(\\d+): (.+)`, push],
  [`${WHO} reacts with (\\S+) to the App's last comment on #(\\d+)`, react],
  [`${WHO} opens #(\\d+) from (\\S+) changing (\\S+): (.+)`, openPull],
  [`${WHO} makes branch (\\S+) from (\\S+)`, branch],
  [`${WHO} points #(\\d+) at (\\S+)`, point],
  [`${WHO} rewrites #(\\d+): (.+)`, rewrite],
  [`${WHO} reopens #(\\d+)`, ({ w }, [who = '', at]) => setState(w, who, at, 'open')],
  [`${WHO} presses (\\w+) on #(\\d+)`, press],
  [`${WHO} re-runs the check of #(\\d+)`, rerun],
  [`CI says (\\w+) for (.+) on #(\\d+)`, ci],
  ['the agent goes on', letGo],
  ['(\\d+) minutes? pass(?:es)?', ({ w }, [minutes]) => passTime(w, Number(minutes) * MINUTE_MS)],
  ['(\\d+) days? pass(?:es)?', ({ w }, [days]) => passTime(w, Number(days) * DAY_MS)],
]

/** Does what a heading says. @param text the lines of the block below it */
export async function act(stage: Stage, heading: string, text: string): Promise<void> {
  for (const [sentence, perform] of SENTENCES) {
    const words = new RegExp(`^${sentence}$`).exec(heading)
    if (words) return void (await perform(stage, words.slice(1), text))
  }
  throw new Error(`no story knows the sentence "${heading}"; those that exist stand in test/conversations/steps.ts`)
}

/** What is said: the rest of the heading and the block below it. */
const said = (inline: string | undefined, text: string): string =>
  [inline?.trim() ?? '', text].filter((part) => part !== '').join('\n')

async function open({ w }: Stage, [who = '', at, title = '']: readonly string[], text: string): Promise<void> {
  const { number } = await w.gh.as(who).issue(w.repo, title, text)
  if (number !== Number(at)) throw new Error(`the issue got the number ${number}, not ${at}`)
}

async function comment({ w, lastComment }: Stage, [who = '', at, inline]: readonly string[], text: string) {
  const { id } = await w.gh.as(who).comment(w.repo, Number(at), said(inline, text))
  lastComment.set(`${who}#${at}`, id)
}

async function edit({ w, lastComment }: Stage, [who = '', at, inline]: readonly string[], text: string) {
  await w.gh.as(who).editComment(w.repo, known(lastComment, `${who}#${at}`), said(inline, text))
}

async function commentOnLine({ w }: Stage, [who = '', path, line, at, inline]: readonly string[], text: string) {
  const { head } = await w.gh.view.pull(w.repo, Number(at))
  const body = { body: said(inline, text), commit_id: head.sha, path, line: Number(line), side: 'RIGHT' }
  await w.gh.as(who).api('POST', `/repos/${w.repo}/pulls/${at}/comments`, body)
}

/** Lines of the block that begin with `path:line` are comments on that line. */
async function review({ w, lastReview }: Stage, words: readonly string[], text: string): Promise<void> {
  const [who = '', commitId, at, name, inline] = words
  const event = EVENTS.find((one) => one === name)
  if (event === undefined) throw new Error(`a review is one of ${EVENTS.join(', ')}, not ${name}`)
  const lines = text.split('\n')
  const onLine = /^(\S+):(\d+) (.+)$/
  const comments = lines.flatMap((one) => {
    const [, path = '', line, body = ''] = onLine.exec(one) ?? []
    return path === '' ? [] : [{ path, line: Number(line), body }]
  })
  const body = said(inline, lines.filter((one) => !onLine.test(one)).join('\n'))
  const made: ReviewJson = await w.gh.as(who).review(w.repo, Number(at), {
    event,
    body,
    comments,
    ...(commitId === undefined ? {} : { commitId }),
  })
  lastReview.set(`${who}#${at}`, made.id)
}

async function dismiss({ w, lastReview }: Stage, [who = '', whose, at, why = '']: readonly string[]): Promise<void> {
  await w.gh.as(who).dismissReview(w.repo, Number(at), known(lastReview, `${whose}#${at}`), why)
}

async function close({ w }: Stage, [who = '', at]: readonly string[]): Promise<void> {
  await setState(w, who, at, 'closed')
}

/** The emulator closes issues and pull requests at different places, as people do. */
async function setState(w: World, who: string, at: string | undefined, state: 'open' | 'closed'): Promise<void> {
  const isPull = (await w.gh.view.pulls(w.repo)).some(({ number }) => number === Number(at))
  await w.gh.as(who).api('PATCH', `/repos/${w.repo}/${isPull ? 'pulls' : 'issues'}/${at}`, { state })
}

/** The issue's own text; the block is its body. */
async function rewrite({ w }: Stage, [who = '', at, title = '']: readonly string[], text: string): Promise<void> {
  await w.gh.as(who).api('PATCH', `/repos/${w.repo}/issues/${at}`, { title, ...(text === '' ? {} : { body: text }) })
}

async function openPull({ w }: Stage, words: readonly string[], text: string): Promise<void> {
  const [who = '', at, branch = '', path = '', title = ''] = words
  await w.gh.as(who).push({ repo: w.repo, branch, from: 'main', files: { [path]: `${text}\n` }, message: title })
  const made = await w.gh.as(who).api('POST', `/repos/${w.repo}/pulls`, { title, head: branch, base: 'main', body: '' })
  const { number } = made as { number: number }
  if (number !== Number(at)) throw new Error(`the pull request got the number ${number}, not ${at}`)
}

async function unlabel({ w }: Stage, [who = '', label = '', at]: readonly string[]): Promise<void> {
  await w.gh.as(who).api('DELETE', `/repos/${w.repo}/issues/${at}/labels/${encodeURIComponent(label)}`)
}

/** A branch of one commit more, so that it is none of the others. */
async function branch({ w }: Stage, [who = '', name = '', from = '']: readonly string[]): Promise<void> {
  const files = { [`${name}.md`]: `of ${name}\n` }
  await w.gh.as(who).push({ repo: w.repo, branch: name, from, files, message: `Begin ${name}` })
}

async function point({ w }: Stage, [who = '', at, base = '']: readonly string[]): Promise<void> {
  await w.gh.as(who).api('PATCH', `/repos/${w.repo}/pulls/${at}`, { base })
}

async function push({ w }: Stage, [who = '', path = '', at, message = '']: readonly string[], text: string) {
  const { head } = await w.gh.view.pull(w.repo, Number(at))
  await w.gh.as(who).push({ repo: w.repo, branch: head.ref, files: { [path]: `${text}\n` }, message })
}

async function react({ w }: Stage, [who = '', content = '', at]: readonly string[]): Promise<void> {
  const last: CommentJson | undefined = (await w.mine(Number(at))).at(-1)
  if (!last) throw new Error(`the App has said nothing on #${at}`)
  await w.gh.as(who).react(w.repo, last.id, content)
}

async function press({ w }: Stage, [who = '', button = '', at]: readonly string[]): Promise<void> {
  const { head } = await w.gh.view.pull(w.repo, Number(at))
  const { id } = await w.checkOn(head.sha)
  await w.gh.as(who).pressButton(w.repo, id, button)
}

async function rerun({ w }: Stage, [who = '', at]: readonly string[]): Promise<void> {
  const { head } = await w.gh.view.pull(w.repo, Number(at))
  await w.gh.as(who).rerun(w.repo, (await w.checkOn(head.sha)).id)
}

/** The block is what its job printed. */
async function ci({ w }: Stage, [conclusion = '', name = '', at]: readonly string[], text: string): Promise<void> {
  const { head } = await w.gh.view.pull(w.repo, Number(at))
  const log = text === '' ? {} : { log: text }
  await w.gh.runCi(w.repo, { sha: head.sha, name, conclusion: conclusion === 'started' ? null : conclusion, ...log })
}

async function letGo(stage: Stage): Promise<void> {
  stage.agentWaits = false
  await stage.w.openGate()
}

/** Everything that waits for a time waits so much shorter: the same as a later clock, which no database has. */
async function passTime(w: World, ms: number): Promise<void> {
  w.gh.passTime(ms)
  const back = `- interval '1 millisecond' * ${ms}`
  await w.query(`update tasks set waiting_until = waiting_until ${back}, updated_at = updated_at ${back}`)
  await w.query(`update reaction_polls set next_at = next_at ${back}`)
  await w.query(`select graphile_worker.add_job('task', payload => json_build_object('taskId', id),
    job_key => 'task:' || id, max_attempts => 3) from tasks where waiting_until <= now()`)
  await w.query("select graphile_worker.add_job('reactions', job_key => 'reactions', max_attempts => 3)")
}

function known(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key)
  if (id === undefined) throw new Error(`${key.replace('#', ' has written nothing on #')}`)
  return id
}
