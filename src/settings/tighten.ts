/**
 * The operator's settings bound what a repository's file can ask for (SPEC 4.4). For every key the combination allows
 * nothing that the operator's own value does not:
 *
 * - `automation`, `approvals`, `merge`, `limits`: the stricter of both. `limits.budget` also stays within `budgets.taskMax`, and
 *   what a file says of it is the most that `--budget` and `/supervise budget` can ask for.
 * - `ci`: the longer wait and the longer list of required checks, because less of either would be less evidence.
 * - `rules`: all of them; each only adds a refusal or an approval.
 * - `protected`: both lists. `skills.allow`: what both allow; what the operator does not name is never used.
 * - `prefer`: the repository reorders the operator's backends, it cannot bring one in or leave one out.
 * - `verify`: a repository says itself what must pass in it; the operator's commands, if any, come first and are added to,
 *   never replaced. A name that stands twice gets a number.
 * - `setup`: the repository's own, else the operator's. It grants nothing: it runs in the same box, with the same network.
 * - `results`: the repository's choice. A result that becomes a file passes the same gates as any change.
 * - `commands.aliases`, `labels`: the repository's choice. They say how a command is written, not who may give it or what it
 *   may do: the sender's permission is read either way.
 */

import { CAPABILITIES } from '../task/capability.ts'
import type { VerifyCommand } from '../task/plan.ts'
import {
  AUTOMATION_LEVELS,
  type Automation,
  type Limits,
  type OperatorSettings,
  type RepositorySettings,
  type Settings,
} from './settings.ts'

/** @param layers from the widest to the narrowest: the organisation's file, then the repository's */
export function tighten(operator: OperatorSettings, ...layers: readonly RepositorySettings[]): Settings {
  return layers.reduce<Settings>((settings, layer) => combined(settings, layer, operator), settingsOf(operator))
}

/**
 * What holds while a repository's file, or its organisation's, cannot be read: nothing goes on without another person
 * (SPEC 4.4).
 * @param layers those that can be read: what they tighten stays so
 */
export function strictest(operator: OperatorSettings, ...layers: readonly RepositorySettings[]): Settings {
  const settings = tighten(operator, ...layers)
  return {
    ...settings,
    automation: 'manual',
    approvals: { ...settings.approvals, requesterCounts: false },
    merge: 'never',
    skills: { allow: [] },
  }
}

function settingsOf(operator: OperatorSettings): Settings {
  const {
    automation,
    prefer,
    verify,
    setup,
    protected: globs,
    approvals,
    rules,
    merge,
    ci,
    limits,
    commands,
    labels,
    results,
    skills,
  } = operator
  const budgetUsd = Math.min(limits.budgetUsd, operator.budgets.taskMaxUsd)
  return {
    automation,
    prefer,
    verify,
    setup,
    protected: globs,
    approvals,
    rules,
    merge,
    ci,
    limits: { ...limits, budgetUsd },
    commands,
    labels,
    results,
    skills,
  }
}

function combined(outer: Settings, inner: RepositorySettings, operator: OperatorSettings): Settings {
  const { approvals, ci } = inner
  return {
    automation: stricterAutomation(outer.automation, inner.automation),
    prefer: reordered(outer.prefer, inner.prefer ?? {}, Object.keys(operator.backends)),
    verify: allCommands(outer.verify, inner.verify ?? null),
    setup: inner.setup ?? outer.setup,
    protected: union(outer.protected, inner.protected ?? []),
    approvals: {
      required: Math.max(outer.approvals.required, approvals?.required ?? 1),
      requesterCounts: outer.approvals.requesterCounts && (approvals?.requesterCounts ?? true),
      expiresMs: Math.min(outer.approvals.expiresMs, approvals?.expiresMs ?? Number.POSITIVE_INFINITY),
    },
    rules: [...outer.rules, ...(inner.rules ?? [])],
    ...(outer.headers || inner.headers ? { headers: [...(outer.headers ?? []), ...(inner.headers ?? [])] } : {}),
    merge: inner.merge === 'never' ? 'never' : outer.merge,
    ci: {
      waitMs: Math.max(outer.ci.waitMs, ci?.waitMs ?? 0),
      required: allChecks(outer.ci.required, ci?.required ?? 'auto'),
    },
    limits: lowerLimits(outer.limits, inner.limits ?? {}),
    ...capOf(outer.budgetCapUsd, inner.limits?.budgetUsd),
    commands: { aliases: inner.commands?.aliases ?? outer.commands.aliases },
    labels: {
      trigger: inner.labels?.trigger ?? outer.labels.trigger,
      states: inner.labels?.states ?? outer.labels.states,
    },
    results: { as: inner.results?.as ?? outer.results.as, folder: inner.results?.folder ?? outer.results.folder },
    skills: { allow: outer.skills.allow.filter((name) => inner.skills?.allow?.includes(name) ?? true) },
  }
}

function stricterAutomation(outer: Automation, inner: Automation | undefined): Automation {
  return inner !== undefined && AUTOMATION_LEVELS.indexOf(inner) < AUTOMATION_LEVELS.indexOf(outer) ? inner : outer
}

/** The repository's order first, then the rest of the operator's: all of it is the operator's, so fallback stays whole. */
function reordered(
  outer: Settings['prefer'],
  inner: NonNullable<RepositorySettings['prefer']>,
  known: readonly string[],
): Settings['prefer'] {
  const rows = CAPABILITIES.flatMap((capability) => {
    const own = outer[capability]
    const wished = (inner[capability] ?? []).filter((name) => (own ?? known).includes(name))
    const order = union(wished, own ?? [])
    return own !== undefined || order.length > 0 ? [[capability, order] as const] : []
  })
  return Object.fromEntries(rows)
}

function allCommands(
  outer: readonly VerifyCommand[] | null,
  inner: readonly VerifyCommand[] | null,
): readonly VerifyCommand[] | null {
  if (outer === null || inner === null) return outer ?? inner
  const list = [...outer]
  for (const command of inner) list.push({ ...command, name: freeName(command.name, new Set(list.map((c) => c.name))) })
  return list
}

/** Ends, because only as many names as there are commands can be taken. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let count = 2; taken.has(free); count += 1) free = `${name} (${count})`
  return free
}

function allChecks(outer: Settings['ci']['required'], inner: Settings['ci']['required']): Settings['ci']['required'] {
  if (outer === 'auto') return inner
  return inner === 'auto' ? outer : union(outer, inner)
}

/** What the operator's `limits.budget` gives a task may be raised in the thread; what a file sets is a limit. */
function capOf(outer: number | undefined, inner: number | undefined): Pick<Settings, 'budgetCapUsd'> {
  const caps = [outer, inner].filter((cap) => cap !== undefined)
  return caps.length === 0 ? {} : { budgetCapUsd: Math.min(...caps) }
}

function lowerLimits(outer: Limits, inner: NonNullable<RepositorySettings['limits']>): Limits {
  const lower = (key: keyof Limits) => Math.min(outer[key], inner[key] ?? outer[key])
  return {
    budgetUsd: lower('budgetUsd'),
    timeMs: lower('timeMs'),
    files: lower('files'),
    bytes: lower('bytes'),
    repairs: lower('repairs'),
    followUps: lower('followUps'),
    parallel: lower('parallel'),
  }
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])]
}
