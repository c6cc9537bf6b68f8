import { setTimeout as sleep } from 'node:timers/promises'
import { type Says, startModelStub } from '../support/model-stub.ts'
import { openWorld, type World } from '../support/world.ts'
import { createNames, type Names } from './names.ts'
import { printStory, type Story } from './parse.ts'
import { forget, takePicture, tellChanges } from './picture.ts'
import { type Letter, openPost, type Post } from './post.ts'
import { databaseTime, hurry, onlyWaits, type UnderWay, underWay } from './quiet.ts'
import { act, type Stage } from './steps.ts'
import type { Variant } from './variants.ts'

/** Who may do what in every story. */
const PEOPLE = {
  maria: 'write',
  jon: 'write',
  tina: 'triage',
  rita: 'read',
  sam: null,
  'helper[bot]': 'write',
} as const

/** Agents that wait: to be let go on, or to be ended. */
const WAITING_AGENTS = ['gated-fix', 'half-once', 'hang']
const STEP_LIMIT_MS = 90_000
const LOOK_EVERY_MS = 25
/** What has just ended may be about to begin the next thing: quiet is what is found so often in a row. */
const LOOKS = 3

/**
 * Lives through a story in a world of its own, one step after the other, and waits after each until the program is
 * quiet. @returns the story with what GitHub showed, as its file has to be
 */
export async function tell(story: Story, variant: Variant): Promise<string> {
  const { agent, capabilities, settings, files, private: isPrivate, model } = story.given
  const stub =
    model === undefined ? null : await startModelStub((_, count) => saysOf(model[Math.min(count, model.length - 1)]))
  const thinker = stub === null ? {} : { thinker: stub.url }
  const w = await openWorld({
    agent,
    capabilities,
    config: settings,
    files,
    private: isPrivate,
    people: PEOPLE,
    ...thinker,
  })
  if (story.given.organisation) await w.gh.seedRepository({ name: '.github', files: story.given.organisation })
  const failures: unknown[] = []
  const post = await openPost(w.url)
  w.gh.webhookUrl = post.url
  const shown = await live(story, variant, w, post).catch((error: unknown) => {
    failures.push(error)
    return []
  })
  await w.close().catch((error: unknown) => failures.push(error))
  await post.close()
  await stub?.close()
  const [first, ...others] = failures
  if (first instanceof Error && others.length > 0) first.message += `\nand then ${others.map(String).join('\n')}`
  if (failures.length > 0) throw first
  return printStory(story, shown)
}

const saysOf = (said: string | object | undefined): Says =>
  typeof said === 'object' ? { object: said } : { text: said ?? '' }

async function live(story: Story, variant: Variant, w: World, post: Post): Promise<string[]> {
  const names = createNames([
    [w.gh.url, 'https://github.example'],
    [w.dir, '/work'],
  ])
  const agentWaits = WAITING_AGENTS.includes(story.given.agent)
  const runsSince = await databaseTime(w)
  const stage: Stage = { w, lastComment: new Map(), lastReview: new Map(), agentWaits, runsSince }
  const shown: string[] = []
  let before = await takePicture(w, names.hide)
  for (const { heading, text } of story.steps) {
    try {
      await act(stage, names.reveal(heading), names.reveal(text))
      await comeToRest(stage, variant, post)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`after "${heading}": ${message}\n${w.log().slice(-3_000)}`, { cause: error })
    }
    await learn(w, names)
    const after = await takePicture(w, names.hide)
    const [, labelled] = / labels #(\d+):/.exec(heading) ?? []
    shown.push(tellChanges(labelled === undefined ? before : forget(before, labelled), after, names.hide))
    before = after
  }
  return shown
}

/** Hands over what GitHub sends until it sends nothing more and nothing is under way. */
async function comeToRest(stage: Stage, variant: Variant, post: Post): Promise<void> {
  const { w } = stage
  const restart = async (): Promise<void> => {
    await w.restart()
    stage.runsSince = await databaseTime(w)
  }
  const handed: Letter[] = []
  let looks = 0
  let waits = 0
  let again = variant.comesAgain
  let open: UnderWay = {}
  for (const end = performance.now() + STEP_LIMIT_MS; performance.now() < end; await sleep(LOOK_EVERY_MS)) {
    await w.gh.settle()
    open = await underWay(stage)
    const quiet = Object.keys(open).length === 0
    const letters = handed.length === 0 || !variant.keepsEchoes || quiet ? post.take() : []
    if (letters.length > 0) {
      await variant.deliver(letters, { hand: post.hand, restart })
      handed.push(...letters)
    }
    looks = quiet && letters.length === 0 ? looks + 1 : 0
    waits = onlyWaits(open) ? waits + 1 : 0
    if (waits >= LOOKS) {
      await hurry(w)
      waits = 0
    }
    if (looks < LOOKS) continue
    if (!again) return
    again = false
    looks = 0
    for (const letter of handed) await post.hand(letter)
  }
  throw new Error(`the program is not quiet after ${STEP_LIMIT_MS / 1000} s: ${JSON.stringify(open)}`)
}

async function learn(w: World, names: Names): Promise<void> {
  const tasks = await w.query<{ id: string }>('select id from tasks order by id')
  const plans = await w.query<{ sha256: string }>("select sha256 from artifacts where kind = 'plan' order by at, id")
  names.learn({ tasks: tasks.map(({ id }) => id), plans: plans.map(({ sha256 }) => sha256) })
}
