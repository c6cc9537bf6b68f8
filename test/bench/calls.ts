import type { Bench, Row } from './bench.ts'
import { openGround, startSupervisor } from './server.ts'
import { agentSettings, askAndWait, reaches } from './task.ts'

/** Calls of GitHub's API for a whole task, from the comment to DONE after a review, counted where they arrive. */
export const calls: Bench = async (context) => {
  const ground = await openGround(context)
  const { github } = ground
  const repo = await github.call<string>('seed', 'shop')
  await startSupervisor(context, ground, ['start'], await agentSettings())
  const tasks: string[][] = []
  for (const name of ['first', 'second']) {
    const before = (await github.call<string[]>('calls')).length
    const { issue, pull } = await askAndWait(ground, repo)
    await github.call('approve', repo, pull)
    await reaches(ground, issue, ({ state }) => state === 'DONE')
    const made = (await github.call<string[]>('calls')).slice(before).map(routeOf)
    const ofTask = made.filter((route) => !HOUSEKEEPING.includes(route))
    context.say(`${name} task: ${ofTask.length} calls, ${made.length - ofTask.length} of the process itself meanwhile`)
    tasks.push(ofTask)
  }
  const unsupported = await github.call<string[]>('unsupported')
  if (unsupported.length > 0) throw new Error(`the loopback GitHub could not answer ${unsupported.join(', ')}`)
  const [first = [], second = []] = tasks
  const routes = [...new Set(tasks.flat())].sort()
  return [
    {
      what: 'first task of a process',
      value: first.length,
      unit: 'calls',
      goal: '≤ 20',
      note: 'tokens and who we are included',
    },
    { what: 'second task of the process', value: second.length, unit: 'calls', goal: '≤ 20' },
    ...routes.map((route): Row => {
      const [a, b] = [first, second].map((made) => made.filter((r) => r === route).length)
      return { what: route, value: a ?? 0, unit: '', note: `then ${b ?? 0}` }
    }),
  ]
}

/** What the process asks from time to time whether or not there is a task: deliveries that it missed. */
const HOUSEKEEPING: readonly string[] = ['GET /app/hook/deliveries']

/** Without numbers, hashes and names. */
function routeOf(call: string): string {
  return call
    .replace(/^(\w+ \/repos)\/[^/]+\/[^/]+/, '$1/…')
    .replaceAll(/\/[0-9a-f]{40}(?=\/|$)/g, '/{sha}')
    .replaceAll(/\/\d+(?=\/|$)/g, '/{n}')
    .replace(/(collaborators|users)\/[^/]+/, '$1/{login}')
}
