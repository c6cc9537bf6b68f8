import type { Capability } from '../task/capability.ts'
import type { SkillMatch } from '../task/skill.ts'
import type { TaskType, Workflow } from '../task/task.ts'
import { isCodeType } from '../task/task.ts'
import type { Match } from './match-signals.ts'

/** Writing and data work are on files of the repository when the text says so (see task/changes-files.ts). */
export function touchesFiles(
  type: TaskType,
  matches: readonly Match[],
  paths: readonly string[],
  /** Where the result is to go: not what the work is on. */
  target: string | null,
): boolean {
  if (isCodeType(type)) return true
  if (type === 'writing')
    return matches.some(
      (m) => m.rule.effect.files === true && m.weight >= 0.5 && (target === null || !m.matched.includes(target)),
    )
  return type === 'data_transformation' && paths.some((path) => path !== target)
}

const CAPABILITY: Readonly<Record<TaskType, Capability>> = {
  code_change: 'coding',
  bug_fix: 'coding',
  refactor: 'coding',
  workflow_automation: 'coding',
  research: 'research',
  writing: 'document',
  ops_automation: 'shell',
  data_transformation: 'reasoning',
  decision_support: 'reasoning',
  general_assistant: 'reasoning',
  unknown: 'reasoning',
}

/** A pack's list stands for the type's own; work on files is always `coding`, whatever the text is about. */
export function capabilitiesFor(type: TaskType, onFiles: boolean, skill: SkillMatch | null): readonly Capability[] {
  const wanted = skill?.requiredCapabilities.length ? skill.requiredCapabilities : [CAPABILITY[type]]
  if (!onFiles) return [...new Set(wanted)]
  return [...new Set<Capability>(['coding', ...wanted.filter((c) => c !== 'document' && c !== 'reasoning')])]
}

/** The way that a task of this type goes. */
export function workflowOf(type: TaskType, onFiles: boolean): Workflow {
  if (type === 'research') return 'research'
  if (type === 'writing') return 'writing'
  if (type === 'ops_automation') return 'ops'
  return onFiles ? 'coding' : 'general'
}
