import picomatch from 'picomatch'
import type { ActorRule } from '../settings/settings.ts'
import type { Gate } from '../task/decision.ts'
import type { PolicyFacts } from './facts.ts'

/**
 * The rules of the settings that hold at a gate: who × which command × which paths (SPEC 4.1). They only ever add a refusal
 * or an approval, so that more of them, from whichever file, can never let anything through.
 */
export function rulesThatHold(gate: Gate, decide: ActorRule['decide'], facts: PolicyFacts): readonly ActorRule[] {
  return facts.actorRules.filter(
    (rule) => rule.decide === decide && isAbout(gate, rule, facts) && isMeant(rule, facts.requester),
  )
}

/** Whether a person's approval counts for nothing by a rule about `approve`. */
export const mayNotApprove = (rules: readonly ActorRule[], login: string): boolean =>
  rules.some((rule) => rule.decide === 'refuse' && rule.commands.includes('approve') && isMeant(rule, login))

/** Logins are compared as GitHub does: in any case of letters. */
function isMeant({ actors, except }: ActorRule, login: string): boolean {
  const name = login.toLowerCase()
  const isNamed = actors.length === 0 || actors.some((a) => a.toLowerCase() === name)
  return isNamed && !except.some((e) => e.toLowerCase() === name)
}

function isAbout(gate: Gate, rule: ActorRule, { dryRun, diff }: PolicyFacts): boolean {
  const all = rule.commands.length === 0
  if (rule.paths.length > 0)
    return gate === 'publish' && (all || rule.commands.some((c) => c !== 'approve')) && touches(rule.paths, diff)
  if (gate === 'admit') return all || rule.commands.includes(dryRun ? 'plan' : 'run')
  // A plan that was all that was asked for is run by its approval: what a run needs, this needs.
  return gate === 'execute' && (all || rule.commands.some((c) => c !== 'approve'))
}

/** A glob that cannot be read means everything, as for protected paths: its writer wanted more care, not less. */
function touches(globs: readonly string[], diff: PolicyFacts['diff']): boolean {
  if (diff === null) return false
  try {
    const isMatch = picomatch([...globs], { dot: true, nocase: true })
    return diff.files.some((path) => isMatch(path))
  } catch {
    return diff.files.length > 0
  }
}
