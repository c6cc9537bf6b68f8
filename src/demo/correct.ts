import { asJson, isJson, type Json, textAt } from './json.ts'
import { hunkOf, pullFacts } from './pull-facts.ts'
import { ACTIONS_APP, type AppFacts, botLogin, userNamed, type World } from './world.ts'

/**
 * Makes the emulator's JSON say what GitHub says, wherever an object stands in it. Objects are known by their keys, so
 * answers and webhook payloads go through the same place. Changes the value that it is given.
 */
export async function correct(world: World, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) {
    for (const item of value) await correct(world, item)
  } else if (isJson(value)) {
    for (const key of Object.keys(value)) {
      const inner = value[key]
      if (typeof inner === 'object' && inner !== null) await correct(world, inner)
      else if (typeof inner === 'string') value[key] = correctText(key, inner)
    }
    await correctObject(world, value)
  }
  return value
}

/** Times have seconds, addresses no brackets. */
function correctText(key: string, text: string): string {
  if (/(_at|^date)$/.test(key)) return text.replace(/\.\d+Z$/, 'Z')
  return /(^|_)url$/.test(key) ? text.replace('[bot]', '%5Bbot%5D') : text
}

async function correctObject(world: World, object: Json): Promise<void> {
  if ('performed_via_github_app' in object && textAt(asJson(object['user']), 'login') === botLogin(world.app.slug)) {
    object['performed_via_github_app'] = appJson(world, world.app)
  }
  if (isJson(object['reactions'])) rollUpReactions(world, object['reactions'])
  if ('timeline_url' in object) markPull(world, object)
  if ('check_suite' in object && 'external_id' in object && isJson(object['output'])) correctCheckRun(world, object)
  if ('before' in object && 'after' in object && 'head_branch' in object) correctCheckSuite(world, object)
  if ('changed_files' in object && isJson(object['head'])) {
    Object.assign(object, await pullFacts(world, object))
    if (object['draft'] === true && object['state'] === 'open') object['mergeable_state'] = 'draft'
  }
  if ('access_tokens_url' in object) object['target_id'] = asJson(object['account'])['id']
  if ('diff_hunk' in object) await correctReviewComment(world, object)
}

export function appJson(world: World, app: Pick<AppFacts, 'id' | 'slug' | 'name'>): Json {
  const { owner, url, manifest } = world
  const since = '2026-01-01T00:00:00Z'
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    name: app.name,
    description: '',
    external_url: url,
    html_url: `${url}/apps/${app.slug}`,
    owner: userNamed(world, owner),
    created_at: since,
    updated_at: since,
    permissions: manifest.permissions,
    events: manifest.events,
  }
}

/** Counts stand in the object itself: one call tells whether anybody reacted. */
function rollUpReactions(world: World, roll: Json): void {
  const path = textAt(roll, 'url')
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/\/reactions$/, '')
  const found = world.reactions.get(path) ?? []
  roll['total_count'] = found.length
  for (const key of Object.keys(roll)) if (typeof roll[key] === 'number' && key !== 'total_count') roll[key] = 0
  for (const { content } of found) roll[content] = Number(roll[content] ?? 0) + 1
}

/** An issue that is a pull request says so. */
function markPull(world: World, issue: Json): void {
  const fullName = /\/repos\/([^/]+\/[^/]+)$/.exec(textAt(issue, 'repository_url'))?.[1] ?? ''
  const repository = world.emulator.rows.repositories.findOneBy('full_name', fullName)
  const number = issue['number']
  const pull = world.emulator.rows.pulls
    .findBy('repo_id', repository?.id ?? 0)
    .find((candidate) => candidate.number === number)
  if (!pull) return
  const html = `${world.url}/${fullName}/pull/${pull.number}`
  issue['html_url'] = html
  issue['draft'] = pull.draft
  issue['pull_request'] = {
    url: `${world.url}/repos/${fullName}/pulls/${pull.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: pull.merged_at,
  }
}

function correctCheckRun(world: World, run: Json): void {
  const row = world.emulator.rows.checkRuns.get(Number(run['id']))
  run['app'] = appJson(world, row?.app_id === ACTIONS_APP.id ? ACTIONS_APP : world.app)
  // The emulator keeps a button under `id`; GitHub calls it `identifier`.
  run['actions'] = (row?.actions ?? []).map(({ id, ...rest }) => ({ ...rest, identifier: id }))
  Object.assign(asJson(run['output']), { annotations_url: `${textAt(run, 'url')}/annotations` })
}

function correctCheckSuite(world: World, suite: Json): void {
  const { checkRuns, checkSuites } = world.emulator.rows
  const runs = checkRuns.all().filter((run) => run.check_suite_id === suite['id'])
  const isActions = checkSuites.get(Number(suite['id']))?.app_id === ACTIONS_APP.id
  suite['app'] = appJson(world, isActions ? ACTIONS_APP : world.app)
  suite['check_runs_url'] = `${textAt(suite, 'url')}/check-runs`
  suite['latest_check_runs_count'] = runs.length
}

async function correctReviewComment(world: World, comment: Json): Promise<void> {
  const row = world.emulator.rows.comments.get(Number(comment['id']))
  if (!row) return
  comment['line'] = comment['original_line'] = row.line
  comment['side'] = row.side ?? 'RIGHT'
  if (comment['in_reply_to_id'] === null) delete comment['in_reply_to_id']
  const { url, html_url, pull_request_url } = comment
  comment['_links'] = { self: { href: url }, html: { href: html_url }, pull_request: { href: pull_request_url } }
  comment['diff_hunk'] = await hunkOf(world, row)
}
