import type { CommentJson, IssueJson, PullJson } from '../../src/demo/types.ts'
import type { World } from '../support/world.ts'
import { type History, readHistory } from './history.ts'

/** One thing that GitHub shows. What stays the same thing keeps its key. */
export interface Sight {
  readonly key: string
  /** How it is told when it is new (null = not worth a word), and when it has changed. */
  readonly told: string | null
  readonly toldAgain: string
  /** How its end is told; null = not at all. */
  readonly gone: string | null
}
/** All that GitHub shows of the App's doings, in the order in which people come upon it. */
export type Picture = readonly Sight[]

/** @param hide gives what varies its name: the order of branches must not depend on it */
export async function takePicture(w: World, hide: (text: string) => string): Promise<Picture> {
  const { gh, repo } = w
  const list = await gh.as(gh.owner).api('GET', `/repos/${repo}/issues?state=all&direction=asc&per_page=100`)
  const threads = (list as IssueJson[]).toSorted((a, b) => a.number - b.number)
  const pulls = new Map<number, PullJson>()
  for (const { number } of await gh.view.pulls(repo)) pulls.set(number, await gh.view.pull(repo, number))
  const sights: Sight[] = []
  for (const { number, state } of threads) {
    const pull = pulls.get(number)
    const labels = (await gh.view.labels(repo, number)).toSorted()
    sights.push(pull ? pullSight(pull, labels) : issueSight(number, state, labels))
    for (const comment of await gh.view.comments(repo, number)) sights.push(...(await ofComment(w, number, comment)))
    if (pull) sights.push(...(await onLines(w, number)))
  }
  const history = await readHistory((...args) => gh.view.git(repo, ...args))
  return [...sights, ...(await checkSights(w, history)), branchSight(history, hide)]
}

/** What is different between two pictures, in words. */
export function tellChanges(before: Picture, after: Picture, hide: (text: string) => string): string {
  const old = new Map(before.map((sight) => [sight.key, hide(sight.toldAgain)]))
  const kept = new Set(after.map(({ key }) => key))
  const told = after.flatMap((sight) => {
    const known = old.get(sight.key)
    if (known === undefined) return sight.told ?? []
    return known === hide(sight.toldAgain) ? [] : sight.toldAgain
  })
  const gone = before.flatMap((sight) => (kept.has(sight.key) || sight.gone === null ? [] : sight.gone))
  const all = [...told, ...gone].map(hide)
  return all.length === 0 ? '*GitHub shows nothing new.*' : all.join('\n\n')
}

const line = (key: string, told: string): Sight => ({ key, told, toldAgain: told, gone: null })

/** So that a label which came and went between two pictures is told of. */
export function forget(picture: Picture, number: string): Picture {
  return picture.map((sight) => (sight.key === `thread:${number}` ? { ...sight, toldAgain: '' } : sight))
}

function issueSight(number: number, state: string, labels: readonly string[]): Sight {
  const toldAgain = `**Issue #${number}** is ${state}${labelled(labels)}.`
  // That somebody opened it is what the story itself says.
  const told = state === 'open' && labels.length === 0 ? null : toldAgain
  return { key: `thread:${number}`, told, toldAgain, gone: `**Issue #${number}** is gone.` }
}

const labelled = (labels: readonly string[]): string =>
  labels.length === 0 ? ', without labels' : `, labelled ${labels.map((label) => `\`${label}\``).join(' and ')}`

function pullSight(pull: PullJson, labels: readonly string[]): Sight {
  const state = pull.merged
    ? 'merged'
    : pull.state === 'closed'
      ? 'closed'
      : pull.draft
        ? 'a draft'
        : 'ready for review'
  const asked = pull.requested_reviewers.map(({ login }) => login).toSorted()
  const reviewers = asked.length === 0 ? '' : `, a review is asked of ${asked.join(' and ')}`
  const told = `**Pull request #${pull.number}** "${pull.title}" by ${pull.user.login} is ${state}${labels.length === 0 ? '' : labelled(labels)}${reviewers}.`
  return line(`thread:${pull.number}`, told)
}

/** Ours with its text; of another person's only what we put on it. */
async function ofComment(w: World, number: number, comment: CommentJson): Promise<Sight[]> {
  if (comment.user.login === w.bot) return [ours(`comment:${comment.id}`, `#${number}`, comment.body)]
  const reactions = (await w.gh.view.reactions(w.repo, comment.id)).filter(({ user }) => user.login === w.bot)
  return reactions.map(({ content }) => reaction(comment, content))
}

async function onLines(w: World, number: number): Promise<Sight[]> {
  const found = await w.gh.as(w.gh.owner).api('GET', `/repos/${w.repo}/pulls/${number}/comments?per_page=100`)
  const sights: Sight[] = []
  for (const comment of found as CommentJson[]) {
    const path = `/repos/${w.repo}/pulls/comments/${comment.id}/reactions`
    const put = (await w.gh.as(w.gh.owner).api('GET', path)) as { content: string; user: { login: string } }[]
    if (comment.user.login === w.bot)
      sights.push(ours(`line:${comment.id}`, `${String(comment['path'])} of #${number}`, comment.body))
    else for (const { content, user } of put) if (user.login === w.bot) sights.push(reaction(comment, content))
  }
  return sights
}

/** The text as people see it: the hidden marker at its end is left out. */
function ours(key: string, where: string, body: string): Sight {
  const text = body.replace(/\s*<!-- supervise:[^>]*-->\s*$/, '')
  const quoted = text
    .split('\n')
    .map((one) => `> ${one}`.trimEnd())
    .join('\n')
  return {
    key,
    told: `**The App comments on ${where}:**\n\n${quoted}`,
    toldAgain: `**The App edits its comment on ${where}:**\n\n${quoted}`,
    gone: `**The App deletes its comment on ${where}** that began: ${text.split('\n')[0]}`,
  }
}

const FACES: Readonly<Record<string, string>> = { eyes: '👀', confused: '😕', '+1': '👍', '-1': '👎', rocket: '🚀' }

function reaction(comment: CommentJson, content: string): Sight {
  const said = comment.body.split('\n')[0] ?? ''
  const face = FACES[content] ?? content
  const on = `${comment.user.login}'s \`${said}\``
  return {
    ...line(`reaction:${comment.id}:${content}`, `**The App reacts** with ${face} to ${on}.`),
    gone: `**The App takes** its ${face} off ${on}.`,
  }
}

/** Every check run of the App on every commit of every branch, oldest first. */
async function checkSights(w: World, { commits }: History): Promise<Sight[]> {
  const found: (readonly [id: number, sight: Sight])[] = []
  for (const sha of commits)
    for (const run of await w.gh.view.checkRuns(w.repo, sha)) {
      if ((run['app'] as { slug?: string } | null)?.slug !== w.gh.app.slug) continue
      const buttons = ((run['actions'] ?? []) as { label: string }[]).map(({ label }) => label)
      const offered = buttons.length === 0 ? '' : ` Buttons: ${buttons.join(', ')}.`
      const end = run.conclusion === null ? run.status : `**${run.conclusion}**`
      const lines = (await annotationsOf(w, run.id)).map((at) => `\n- ${at}`).join('')
      const told = `**Check run** \`${run.name}\` on ${sha}: ${end}, "${run.output.title ?? ''}".${offered}${lines}`
      found.push([run.id, line(`check:${run.id}`, told)])
    }
  return found.toSorted(([a], [b]) => a - b).map(([, sight]) => sight)
}

/** What a check run says at lines of files. */
async function annotationsOf(w: World, id: number): Promise<string[]> {
  const found = await w.gh.as(w.gh.owner).api('GET', `/repos/${w.repo}/check-runs/${id}/annotations`)
  return (
    found as { path: string; start_line: number; annotation_level: string; title: string; message: string }[]
  ).map(
    ({ path, start_line, annotation_level: level, title, message }) =>
      `\`${path}:${start_line}\` **${title}**${level === 'failure' ? '' : ` (${level})`}: ${message.replaceAll(/\s+/g, ' ')}`,
  )
}

function branchSight({ branches }: History, hide: (text: string) => string): Sight {
  const told = branches
    .toSorted((a, b) => hide(a.name).localeCompare(hide(b.name)))
    .map(({ name, ahead }) =>
      name === 'main' ? '`main`' : `\`${name}\` (${ahead} commit${ahead === 1 ? '' : 's'} over main)`,
    )
  return line('branches', `**Branches:** ${told.join(', ')}.`)
}
