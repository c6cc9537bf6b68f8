import { setTimeout as sleep } from 'node:timers/promises'
import type { LoopbackGitHub } from '../../demo/loopback-github.ts'
import { line, tellEvidence } from '../../demo/timeline.ts'
import { transitionsOf } from '../../store/history.ts'
import { listTasks, readTask, type StoredTask } from '../../store/tasks.ts'
import { isUnsettled } from '../../store/unsettled.ts'
import type { Corridor } from '../../supervisor/corridor.ts'
import { isFinal } from '../../task/states.ts'
import { asText } from './as-text.ts'
import type { AtThePrompt } from './person.ts'

const LOOK_MS = 100
/** A task that says nothing for so long has more wrong with it than waiting can mend. */
const LIMIT_MS = 12 * 3_600_000

export interface Place {
  readonly github: LoopbackGitHub
  readonly repository: string
  readonly issue: number
  readonly corridor: Corridor
  readonly say: (text: string) => void
  /** Brings the task's branch into the repository that it is about. */
  readonly take: (task: StoredTask) => Promise<void>
}

/**
 * Tells what becomes of the request, and asks whoever sits there where a person is needed: the thread's own words, the
 * answers given as comments and reviews, like on GitHub.
 * @returns the task as it was left; null = nothing became of the request, and the thread says why
 */
export async function follow(place: Place, person: AtThePrompt): Promise<StoredTask | null> {
  const { corridor, say } = place
  const began = Date.now()
  let told = 0
  let asked = -1
  while (Date.now() - began < LIMIT_MS) {
    await sleep(LOOK_MS)
    const [newest] = await listTasks(corridor.db, { open: false, limit: 1 })
    const task = newest ? await readTask(corridor.db, newest.id) : null
    if (task === null) {
      if (await isAnswered(place)) return null
      continue
    }
    const transitions = await transitionsOf(corridor.db, task.id)
    for (const one of transitions.slice(told)) say(line(one, began))
    if (transitions.slice(told).some(({ event }) => event === 'judged')) await tellEvidence(corridor, task, say)
    told = transitions.length
    if (await isUnsettled(corridor.db, task.repository.id, null)) continue
    if (isFinal(task.state)) return task
    // What is shown is the newest: an answer changes the task, and only then is the next question asked.
    if (asked === told) continue
    asked = told
    if (!(await consult(place, task, person))) return task
  }
  throw new Error('the task did not come to an end within twelve hours')
}

/** A refusal is a comment, and no task. */
async function isAnswered({ github, repository, issue, corridor, say }: Place): Promise<boolean> {
  const [, ...answers] = await github.view.comments(repository, issue)
  if (answers.length === 0 || (await isUnsettled(corridor.db, null, null))) return false
  for (const { body } of answers) say(asText(body))
  return true
}

/** @returns false where nobody answers */
async function consult(place: Place, task: StoredTask, person: AtThePrompt): Promise<boolean> {
  const { github, repository, issue, say } = place
  const comments = await github.view.comments(repository, issue)
  const shown = comments.filter(({ user }) => user.login.endsWith('[bot]')).map(({ body }) => asText(body))
  say(`\n${shown.join('\n\n')}\n`)
  const isResult = task.waitingOn === 'review' && task.pullNumber !== null
  if (isResult) await place.take(task)
  const answer = await person.ask(
    isResult ? 'Take it? [y = yes, n = no, or what is to be changed]' : (QUESTIONS[task.waitingOn ?? ''] ?? COMMAND),
  )
  if (answer === null || answer === '') return answer === ''
  const yes = /^y(es)?$/i.test(answer)
  const no = /^no?$/i.test(answer)
  const maintainer = github.as(MAINTAINER)
  if (answer.startsWith('/')) await maintainer.comment(repository, issue, answer)
  else if (isResult && task.pullNumber !== null && !no)
    await maintainer.review(
      repository,
      task.pullNumber,
      yes ? { event: 'APPROVE', body: 'Taken at the prompt.' } : { event: 'REQUEST_CHANGES', body: answer },
    )
  else if (no)
    await maintainer.comment(
      repository,
      issue,
      task.waitingOn === 'approval' ? '/supervise reject' : '/supervise cancel',
    )
  else if (task.waitingOn === 'approval')
    await maintainer.comment(repository, issue, yes ? '/supervise approve' : `/supervise reject ${answer}`)
  else await github.as(REQUESTER).comment(repository, issue, answer)
  return true
}

/** The one at the prompt is both: who asks, and who answers for the repository. */
export const REQUESTER = 'you'
export const MAINTAINER = 'owner'

const QUESTIONS: Readonly<Record<string, string>> = {
  clarification: 'Your answer:',
  approval: 'Approve? [y = yes, n = no, or why not]',
}
const COMMAND = 'It waits. A command, for example `/supervise cancel`:'
