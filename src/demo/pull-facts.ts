import type { CommentRow, PullRow } from './emulator-rows.ts'
import { asJson, type Json, textAt } from './json.ts'
import type { World } from './world.ts'

/** Sizes of a pull request, and whether it fits its base, from git: the emulator does not look. */
export async function pullFacts(world: World, pull: Json): Promise<Json> {
  const base = asJson(pull['base'])
  const fullName = textAt(asJson(base['repo']), 'full_name')
  const repository = world.emulator.rows.repositories.findOneBy('full_name', fullName)
  const row = world.emulator.rows.pulls
    .findBy('repo_id', repository?.id ?? 0)
    .find((candidate) => candidate.number === pull['number'])
  if (!repository || !row) return {}
  const { from, head } = rangeOf(world, row)
  const key = `${fullName} ${from} ${head}`
  const isOpen = row.state === 'open'
  const blocked = isOpen && missingChecks(world, row).length > 0 ? { mergeable_state: 'blocked' } : {}
  const known = facts.get(world)?.get(key)
  if (known) return { ...known, ...blocked }
  const [numbers, commits, conflicts] = await Promise.all([
    world.repositories.git(fullName, ['diff', '--numstat', '--no-renames', `${from}...${head}`], { allow: [128] }),
    world.repositories.git(fullName, ['rev-list', '--count', `${from}..${head}`], { allow: [128] }),
    world.repositories.git(fullName, ['merge-tree', '--write-tree', '--messages', from, head], { allow: [1, 128] }),
  ])
  const lines = numbers.split('\n').filter((line) => line !== '')
  const sum = (column: number): number =>
    lines.reduce((total, line) => total + (Number(line.split('\t')[column]) || 0), 0)
  const sizes = { changed_files: lines.length, additions: sum(0), deletions: sum(1), commits: Number(commits) || 0 }
  const found = { ...sizes, ...(isOpen ? { mergeable: !/^CONFLICT /m.test(conflicts) } : {}) }
  facts.set(world, (facts.get(world) ?? new Map<string, Json>()).set(key, found))
  return { ...found, ...blocked }
}

/** Contexts that the base branch requires and that are not green on the head. */
export function missingChecks(world: World, pull: PullRow): string[] {
  const { protections, checkRuns } = world.emulator.rows
  const required = protections
    .findBy('repo_id', pull.repo_id)
    .filter((rule) => rule.branch_name === pull.base_ref)
    .flatMap((rule) => rule.required_status_checks?.contexts ?? [])
  const isGreen = (context: string): boolean =>
    checkRuns
      .findBy('head_sha', pull.head_sha)
      .some((run) => run.name === context && ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '')) ||
    world.statuses.findLast((status) => status.sha === pull.head_sha && status.context === context)?.state === 'success'
  return required.filter((context) => !isGreen(context))
}

/** What GitHub compares for a pull request: the base as it is now, or as it was when the merge was made. */
export function rangeOf(world: World, pull: PullRow): { from: string; head: string } {
  if (pull.merged && pull.merge_commit_sha !== null) return { from: `${pull.merge_commit_sha}^1`, head: pull.head_sha }
  const branch = world.emulator.rows.branches.findBy('repo_id', pull.repo_id).find((row) => row.name === pull.base_ref)
  return { from: branch?.sha ?? pull.base_sha, head: pull.head_sha }
}

/** The lines of the diff up to the commented one, as GitHub shows them; empty where the line is not in the diff. */
export async function hunkOf(world: World, comment: CommentRow): Promise<string> {
  const { rows } = world.emulator
  const repository = rows.repositories.get(comment.repo_id)
  const pull = rows.pulls.findBy('repo_id', comment.repo_id).find((row) => row.number === comment.pull_number)
  if (!repository || !pull || comment.path === null || comment.line === null) return ''
  const range = `${rangeOf(world, pull).from}...${comment.commit_sha ?? pull.head_sha}`
  const patch = await world.repositories.git(repository.full_name, ['diff', range, '--', comment.path], {
    allow: [128],
  })
  for (const hunk of patch.split(/^(?=@@ )/m).slice(1)) {
    const lines = hunk.split('\n')
    const side = comment.side === 'LEFT' ? '-' : '+'
    const start = new RegExp(`\\${side}(\\d+)`).exec(lines[0] ?? '')?.[1]
    let at = Number(start) - 1
    for (const [index, line] of lines.entries()) {
      if (index > 0 && (line.startsWith(side) || line.startsWith(' '))) at++
      if (index > 0 && at === comment.line) return lines.slice(0, index + 1).join('\n')
    }
  }
  return ''
}

/** A range of commits never changes its sizes. Kept with the world, so that it goes when the world goes. */
const facts = new WeakMap<World, Map<string, Json>>()
