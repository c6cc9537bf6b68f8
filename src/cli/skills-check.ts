import { resolve } from 'node:path'
import { loadSkills } from '../plan/load-skills.ts'

/** `supervisor skills check DIR`: every `DIR/<name>/SKILL.md` is read; what is wrong is named by file and line, exit code 1. */
export async function checkSkills(dir: string, options: { json?: true }): Promise<void> {
  const { skills, problems } = await loadSkills(resolve(dir))
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ skills: skills.map((s) => ({ name: s.name, hash: s.hash })), problems })}\n`,
    )
  else {
    for (const s of skills)
      process.stdout.write(
        `ok  ${s.name}  ${s.workflow}  needs ${s.requiredCapabilities.join(', ') || 'nothing'}  for ${s.match.types?.join(', ') ?? 'whoever asks for it by name or trigger'}\n`,
      )
    for (const p of problems) process.stderr.write(`${p.file}:${p.line}: ${plain(p.message)}\n`)
    if (skills.length === 0 && problems.length === 0)
      process.stderr.write(`${dir} holds no skills: each stands in a folder of its own, as ${dir}/<name>/SKILL.md\n`)
  }
  if (problems.length > 0 || skills.length === 0) process.exitCode = 1
}

const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300)
