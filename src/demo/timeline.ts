import { setTimeout as sleep } from 'node:timers/promises'
import { evidenceOf } from '../store/evidence.ts'
import type { TransitionRecord } from '../store/history.ts'
import { transitionsOf } from '../store/history.ts'
import { jobsOf } from '../store/jobs.ts'
import type { StoredTask } from '../store/tasks.ts'
import { listTasks, readTask } from '../store/tasks.ts'
import type { Corridor } from '../supervisor/corridor.ts'
import { CHECK_NAME } from '../task/evidence.ts'
import { isFinal } from '../task/states.ts'
import type { LoopbackGitHub } from './loopback-github.ts'
import { sampleChangeRequest } from './recording.ts'

export interface Story {
  readonly task: string | null
  readonly state: string
  readonly pullRequest: number | null
  readonly headSha: string | null
  readonly checkConclusion: string | null
  readonly evidence: number
  /** Of all rounds: US dollars as far as they are known, tokens in and out, and how each run was kept in its box. */
  readonly spentUsd: number
  readonly tokens: number
  readonly isolation: readonly string[]
  /** Milliseconds spent in each state, the waits for people included. */
  readonly msByStage: Readonly<Record<string, number>>
  /** Requests that the App made, by route with numbers and hashes left out. */
  readonly restCalls: Readonly<Record<string, number>>
}

interface StoryInput {
  readonly github: LoopbackGitHub
  readonly repository: string
  readonly corridor: Corridor
  readonly issue: { readonly title: string; readonly body: string }
  readonly say: (line: string) => void
}

const WANTS_MORE = { event: 'REQUEST_CHANGES', body: sampleChangeRequest } as const
const APPROVES = { event: 'APPROVE', body: 'The test proves it. Thank you.' } as const

const LIMIT_MS = 10 * 60_000
const LOOK_MS = 25
const SETTLE_MS = 5_000

/** Asks as maria, reviews as jon (once for changes, then to approve), and tells what happens in between, one line per transition, as it is stored. */
export async function followTask({ github, repository, corridor, issue, say }: StoryInput): Promise<Story> {
  const { number } = await github.as('maria').issue(repository, issue.title, issue.body)
  say(`maria opens #${number}: ${issue.title}`)
  await github.as('maria').comment(repository, number, '/supervise')
  say('maria comments: /supervise')
  say('')
  const began = Date.now()
  let told = 0
  let reviewed: string | null = null
  let task: StoredTask | null = null
  while (Date.now() - began < LIMIT_MS && !(task && isFinal(task.state))) {
    await sleep(LOOK_MS)
    task = task
      ? await readTask(corridor.db, task.id)
      : ((await listTasks(corridor.db, { open: false, limit: 1 }))[0] ?? null)
    if (!task) continue
    const transitions = await transitionsOf(corridor.db, task.id)
    for (const t of transitions.slice(told)) say(line(t, began))
    if (transitions.length > told && transitions.slice(told).some((t) => t.event === 'judged'))
      await tellEvidence(corridor, task, say)
    told = transitions.length
    if (reviewed !== task.headSha && task.waitingOn === 'review' && task.pullNumber !== null) {
      if ((await conclusionOf(github, repository, task)) === null) continue
      const review = reviewed === null ? WANTS_MORE : APPROVES
      reviewed = task.headSha
      say(`          jon reads #${task.pullNumber} and its evidence: ${review.event}, "${review.body}"`)
      await github.as('jon').review(repository, task.pullNumber, review)
    }
  }
  if (!task) throw new Error('the comment did not become a task within ten minutes')
  await settled(corridor, task.id)
  const results = (await jobsOf(corridor.db, task.id)).flatMap(({ result }) => result ?? [])
  const conclusion = await conclusionOf(github, repository, task)
  say('')
  say(
    `${task.state}: pull request #${task.pullNumber}, check run "${CHECK_NAME}" ${conclusion}, commit ${task.headSha?.slice(0, 7)}`,
  )
  return {
    task: task.id,
    state: task.state,
    pullRequest: task.pullNumber,
    headSha: task.headSha,
    checkConclusion: conclusion,
    evidence: (await evidenceOf(corridor.db, task.id, task.round)).length,
    spentUsd: task.spentUsd,
    tokens: results.reduce((sum, { tokensIn, tokensOut }) => sum + tokensIn + tokensOut, 0),
    isolation: [...new Set(results.map(({ isolation }) => isolation))],
    msByStage: stages(await transitionsOf(corridor.db, task.id), began),
    restCalls: corridor.github.calls(),
  }
}

async function conclusionOf(github: LoopbackGitHub, repository: string, task: StoredTask): Promise<string | null> {
  if (task.headSha === null) return null
  const runs = await github.view.checkRuns(repository, task.headSha)
  return runs.find((r) => r.name === CHECK_NAME)?.conclusion ?? null
}

/** The last edit of the comment follows within a second or two; the story ends with what people see. */
async function settled(corridor: Corridor, taskId: string): Promise<void> {
  for (const end = Date.now() + SETTLE_MS; Date.now() < end; await sleep(LOOK_MS)) {
    const waiting = await corridor.db.prisma.$queryRaw<unknown[]>`
      select 1 from outbox where task_id = ${taskId} and wanted > sent and dead_at is null limit 1`
    if (waiting.length === 0) return
  }
}

/** What was seen on the task's commit, a line each. */
export async function tellEvidence(corridor: Corridor, task: StoredTask, say: (line: string) => void): Promise<void> {
  for (const e of await evidenceOf(corridor.db, task.id, task.round)) {
    const counts = e.counts ? `, ${e.counts.passed} passed, ${e.counts.failed} failed` : ''
    say(
      `            ${e.verdict.padEnd(8)} ${e.criterion}${e.command === null ? '' : `: ${e.command}, exit ${e.exitCode}${counts}, ${e.durationMs} ms`}`,
    )
  }
}

/** One line for one step of a task, with the time since `began`. */
export function line(t: TransitionRecord, began: number): string {
  const at = `${((t.at.getTime() - began) / 1000).toFixed(2)} s`.padStart(8)
  const rests = t.waitingOn === null ? '' : `, waits for ${t.waitingOn}`
  return `${at}  ${t.from} → ${t.to}  ${t.reasonCode}${t.actor === 'supervisor' ? '' : ` by ${t.actor}`}${rests}`
}

function stages(transitions: readonly TransitionRecord[], began: number): Record<string, number> {
  const spent: Record<string, number> = {}
  let since = began
  for (const t of transitions) {
    spent[t.from] = (spent[t.from] ?? 0) + t.at.getTime() - since
    since = t.at.getTime()
  }
  return spent
}
