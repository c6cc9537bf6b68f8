import type { Bench, Row } from './bench.ts'
import type { Call } from './entries/github.ts'
import { type Ground, openGround, startSupervisor } from './server.ts'
import { agentSettings, askAndWait, reaches } from './task.ts'

/**
 * Calls of GitHub's API for whole tasks, from the comment to DONE after a review, counted where they arrive: a short one,
 * one whose review asks for changes first, and a short one again.
 */
export const calls: Bench = async (context) => {
  const ground = await openGround(context)
  const repo = await ground.github.call<string>('seed', 'shop')
  await startSupervisor(context, ground, ['start'], await agentSettings())
  const tasks: Call[][] = []
  for (const { name, followUps } of TASKS) {
    const before = (await ground.github.call<Call[]>('calls')).length
    await wholeTask(ground, repo, followUps)
    const made = (await ground.github.call<Call[]>('calls')).slice(before)
    const ofTask = made.filter(({ call }) => !HOUSEKEEPING.includes(call))
    context.say(`${name}: ${ofTask.length} calls, ${made.length - ofTask.length} of the process itself meanwhile`)
    tasks.push(ofTask)
  }
  const unsupported = await ground.github.call<string[]>('unsupported')
  if (unsupported.length > 0) throw new Error(`the loopback GitHub could not answer ${unsupported.join(', ')}`)
  const routes = [...new Set(tasks.flat().map(({ call }) => routeOf(call)))].sort()
  return [
    ...TASKS.flatMap(({ name, goal, note }, n): Row[] => [
      { what: name, value: tasks[n]?.length ?? 0, unit: 'calls', goal, note },
      { what: `${name}: bodies`, value: kilobytes(tasks[n] ?? []), unit: 'kB', note: sizes(tasks[n] ?? []) },
    ]),
    ...routes.map((route): Row => {
      const counts = tasks.map((made) => made.filter(({ call }) => routeOf(call) === route).length)
      return { what: route, value: counts[0] ?? 0, unit: '', note: `then ${counts.slice(1).join(', then ')}` }
    }),
  ]
}

const TASKS = [
  { name: 'first task of a process', followUps: 0, goal: '≤ 20', note: 'tokens and who we are included' },
  { name: 'task with one follow-up', followUps: 1, goal: '≤ 30', note: 'a review asks for changes, the next approves' },
  { name: 'third task of the process', followUps: 0, goal: '≤ 20', note: '' },
] as const

async function wholeTask(ground: Ground, repo: string, followUps: number): Promise<void> {
  const { issue, pull } = await askAndWait(ground, repo)
  for (let round = 1; round <= followUps; round++) {
    await ground.github.call('requestChanges', repo, pull)
    await reaches(ground, issue, ({ waiting_on, follow_ups }) => waiting_on === 'review' && follow_ups === round)
  }
  await ground.github.call('approve', repo, pull)
  await reaches(ground, issue, ({ state }) => state === 'DONE')
}

/** What the process asks from time to time whether or not there is a task: deliveries that it missed. */
export const HOUSEKEEPING: readonly string[] = ['GET /app/hook/deliveries']

/** Of all bodies, both ways. */
export function kilobytes(made: readonly Call[]): number {
  return made.reduce((sum, { sentBytes, answerBytes }) => sum + sentBytes + answerBytes, 0) / 1000
}

function sizes(made: readonly Call[]): string {
  const sent = made.reduce((sum, { sentBytes }) => sum + sentBytes, 0)
  const got = made.reduce((sum, { answerBytes }) => sum + answerBytes, 0)
  return `${Math.round(sent / 1000)} kB sent, ${Math.round(got / 1000)} kB read; git’s own traffic apart`
}

/** Without numbers, hashes and names. */
export function routeOf(call: string): string {
  return call
    .replace(/^(\w+ \/repos)\/[^/]+\/[^/]+/, '$1/…')
    .replaceAll(/\/[0-9a-f]{40}(?=\/|$)/g, '/{sha}')
    .replaceAll(/\/\d+(?=\/|$)/g, '/{n}')
    .replace(/(collaborators|users)\/[^/]+/, '$1/{login}')
}
