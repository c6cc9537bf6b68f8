import { parseRepositoryPack } from '../../plan/repository-pack.ts'
import type { Skill, SkillProblem } from '../../plan/skills.ts'
import { MAX_SKILL_BYTES } from '../../plan/skills.ts'
import { OperatingError } from '../../task/errors.ts'
import type { Mirror } from '../../workspace/mirror.ts'
import { readFileAt } from '../../workspace/mirror.ts'

/** A pack with the text that it was read from: what is stored with the task is that text. */
export interface RepositoryPack {
  readonly skill: Skill
  readonly text: string
}

const MAX_PACKS = 100

/**
 * The packs that the target repository brings and the operator allows by name (SPEC 5.3): from the default branch only,
 * at the commit that the task's settings were read at. What cannot be used is told and left out.
 */
export async function repositoryPacks(
  mirror: Mirror,
  sha: string | null,
  allow: readonly string[],
): Promise<{ packs: readonly RepositoryPack[]; problems: readonly SkillProblem[] }> {
  const packs: RepositoryPack[] = []
  const problems: SkillProblem[] = []
  for (const name of sha === null ? [] : allow.slice(0, MAX_PACKS)) {
    const file = `skills/${name}/SKILL.md`
    const text = await textAt(mirror, sha ?? '', file)
    if (text === null) continue
    const parsed = parseRepositoryPack(text, file, name)
    if (parsed.ok) packs.push({ skill: parsed.skill, text })
    else problems.push({ file, line: parsed.line, message: parsed.message })
  }
  return { packs, problems }
}

/** One byte more than allowed is a file that the parser refuses with its reason. */
async function textAt(mirror: Mirror, sha: string, file: string): Promise<string | null> {
  try {
    return await readFileAt(mirror, sha, file, MAX_SKILL_BYTES)
  } catch (error) {
    if (error instanceof OperatingError && error.reasonCode === 'too_many_bytes') return ' '.repeat(MAX_SKILL_BYTES + 1)
    throw error
  }
}
