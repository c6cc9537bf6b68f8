import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Skill, SkillProblem } from './skills.ts'
import { MAX_SKILL_BYTES, parseSkill } from './skills.ts'

const MAX_SKILLS = 100

/**
 * Reads every `<dir>/<name>/SKILL.md`, in the order of names. What cannot be used is reported by file and line and left
 * out; the others are returned. Symbolic links are not followed. Never rejects.
 */
export async function loadSkills(
  dir: string,
): Promise<{ skills: readonly Skill[]; problems: readonly SkillProblem[] }> {
  const skills: Skill[] = []
  const problems: SkillProblem[] = []
  const folders = await foldersIn(dir)
  if (typeof folders === 'string') return { skills, problems: [{ file: dir, line: 1, message: folders }] }
  for (const folder of folders.slice(0, MAX_SKILLS)) {
    const file = join(dir, folder, 'SKILL.md')
    const read = await readPlainFile(file)
    if (!read.ok) {
      problems.push({ file, line: 1, message: read.message })
      continue
    }
    const parsed = parseSkill(read.text, file)
    if (!parsed.ok) problems.push({ file, line: parsed.line, message: parsed.message })
    else if (parsed.skill.name !== folder)
      problems.push({
        file,
        line: 2,
        message: `\`name\` is ${parsed.skill.name}; it must be the folder's name, ${folder.slice(0, 80)}`,
      })
    else skills.push(parsed.skill)
  }
  if (folders.length > MAX_SKILLS)
    problems.push({
      file: dir,
      line: 1,
      message: `holds ${folders.length} skills; only the first ${MAX_SKILLS} were read`,
    })
  return { skills, problems }
}

async function foldersIn(dir: string): Promise<readonly string[] | string> {
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    return entries
      .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
      .map((e) => e.name)
      .sort()
  } catch (error) {
    return `reading the skills directory: ${codeOf(error)}`
  }
}

/** At most one byte more than allowed is read, so that a growing or special file cannot hold us. */
async function readPlainFile(file: string): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its other end.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      if (!(await handle.stat()).isFile()) return { ok: false, message: 'is not a regular file' }
      const buffer = Buffer.alloc(MAX_SKILL_BYTES + 1)
      let length = 0
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return {
        ok: true,
        text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length)),
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ELOOP') return { ok: false, message: 'is a symbolic link; put the file itself here' }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { ok: false, message: 'is not UTF-8 text' }
    return { ok: false, message: code === 'ENOENT' ? 'is missing' : `reading it: ${code}` }
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error).slice(0, 200)
