import { parseSkill, type Skill } from '../../plan/skills.ts'
import { readArtifact } from '../../store/artifacts.ts'
import type { StoredTask } from '../../store/tasks.ts'
import type { Corridor } from '../corridor.ts'

/**
 * The pack that steers the task, as it was when the task was sorted: one of the repository's is read from what was stored
 * then, so that nobody changes it between an approval and the work. null = none.
 */
export async function skillOf(
  corridor: Corridor,
  task: Pick<StoredTask, 'id' | 'classification' | 'inputs'>,
): Promise<Skill | null> {
  const name = task.classification?.skill ?? null
  const { pack } = task.inputs
  if (name === null) return null
  if (pack?.name !== name) return corridor.skills.find((s) => s.name === name) ?? null
  const text = await readArtifact(corridor.db, task.id, 'skill', pack.hash)
  const parsed = text === null ? null : parseSkill(text, `skills/${name}/SKILL.md`)
  if (!parsed?.ok) throw new Error(`the stored pack ${name} of task ${task.id} cannot be read`)
  return parsed.skill
}
