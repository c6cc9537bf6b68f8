import type { Skill, SkillProblem } from './skills.ts'
import { parseSkill } from './skills.ts'

/** What acts beyond the repository's files. Only an operation may ask for it: those are never of low risk. */
const ACTING = ['shell', 'mcp'] as const

type Pack = { readonly ok: true; readonly skill: Skill } | ({ readonly ok: false } & SkillProblem)

/**
 * A pack that the target repository brings. Whoever may write to the repository wrote it, which is less than the operator:
 * it can ask for what its kind of work has anyway, and for nothing that acts where a question would have been answered.
 * @param name as the operator allowed it
 */
export function parseRepositoryPack(text: string, file: string, name: string): Pack {
  const parsed = parseSkill(text, file)
  if (!parsed.ok) return parsed
  const { skill } = parsed
  if (skill.name !== name) return { ok: false, file, line: 2, message: `\`name\` must be the folder's name, ${name}` }
  const acting = ACTING.filter((c) => skill.requiredCapabilities.includes(c))
  const types = skill.match.types ?? []
  const isOperation = skill.workflow === 'ops' && types.length > 0 && types.every((t) => t === 'ops_automation')
  if (acting.length === 0 || isOperation) return parsed
  const line = text.split('\n').findIndex((l) => l.includes('required_capabilities')) + 1
  const message = `a pack of a repository may ask for ${acting.join(' and ')} only with \`workflow: ops\` and \`match: { types: [ops_automation] }\``
  return { ok: false, file, line: Math.max(1, line), message }
}
