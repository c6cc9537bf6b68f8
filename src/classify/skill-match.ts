import picomatch from 'picomatch'
import type { SkillMatch } from '../task/skill.ts'
import type { Signal, TaskType, Workflow } from '../task/task.ts'

/** What a skill's triggers are compared with; all lower case but the paths. */
interface SkillSubject {
  readonly text: string
  readonly labels: readonly string[]
  readonly paths: readonly string[]
}

/** A pack that was asked for says much about the type; one whose words occur says a little. */
const ASKED_FOR = 3
const TRIGGERED = 1.5

const TYPE_OF_WORKFLOW = {
  coding: 'code_change',
  research: 'research',
  writing: 'writing',
  ops: 'ops_automation',
  general: 'general_assistant',
} as const satisfies Record<Workflow, TaskType>

/** What packs add to the scores of types (SPEC 3.2): those asked for by name, and those whose triggers occur. */
export function skillVotes(
  skills: readonly SkillMatch[],
  subject: SkillSubject,
  askedFor: string | null,
): readonly { readonly type: TaskType; readonly add: number; readonly signal: Signal }[] {
  return skills.flatMap((skill) => {
    const asked = skill.name === askedFor
    const trigger = asked ? skill.name : triggerOf(skill, subject)
    if (trigger === null) return []
    const add = asked ? ASKED_FOR : TRIGGERED
    const types = skill.match.types?.length ? skill.match.types : [TYPE_OF_WORKFLOW[skill.workflow]]
    return types.map((type) => ({
      type,
      add,
      signal: {
        name: asked ? 'skill_asked_for' : 'skill_triggered',
        matched: trigger.slice(0, 80),
        effect: `skill ${skill.name}: type ${type} +${add}`,
      },
    }))
  })
}

/**
 * The pack that steers the task: the one asked for, else the best of those that apply to the type. A trigger that
 * occurs counts more than the workflow that the type has anyway; the earlier pack wins a tie.
 */
export function chooseSkill(
  skills: readonly SkillMatch[],
  subject: SkillSubject,
  input: { askedFor: string | null; type: TaskType; workflow: Workflow },
): SkillMatch | null {
  if (input.askedFor !== null) return skills.find((s) => s.name === input.askedFor) ?? null
  let best: SkillMatch | null = null
  let bestScore = 0
  for (const skill of skills) {
    const score = applies(skill, subject, input)
    if (score > bestScore) [best, bestScore] = [skill, score]
  }
  return best
}

function applies(
  skill: SkillMatch,
  subject: SkillSubject,
  { type, workflow }: { type: TaskType; workflow: Workflow },
): number {
  const { types, labels, words, paths } = skill.match
  if (types?.length && !types.includes(type)) return 0
  const hasTriggers = [labels, words, paths].some((list) => list?.length)
  const triggered = hasTriggers && triggerOf(skill, subject) !== null
  if (hasTriggers && !triggered) return 0
  // A pack without types and triggers is for whoever asks for it by name.
  if (!hasTriggers && !types?.length) return 0
  return (triggered ? 2 : 0) + (skill.workflow === workflow ? 1 : 0)
}

/** The first word, label or path that sets the pack off, or null. */
function triggerOf(skill: SkillMatch, { text, labels, paths }: SkillSubject): string | null {
  const { match } = skill
  const word = match.words?.find((w) => containsWord(text, w.toLowerCase()))
  if (word !== undefined) return word
  const label = match.labels?.find((l) => labels.includes(l.toLowerCase()))
  if (label !== undefined) return label
  const globs = match.paths ?? []
  if (globs.length === 0) return null
  const isMatch = picomatch([...globs], { dot: true, nocase: true })
  return paths.find((p) => isMatch(p)) ?? null
}

/** By index, not by a pattern made of somebody's words. */
function containsWord(text: string, word: string): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isWordChar(text[at - 1]) && !isWordChar(text[at + word.length])) return true
  return false
}

const isWordChar = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char)
