import { z } from 'zod'
import { readYaml } from '../settings/yaml-document.ts'
import { CAPABILITIES } from '../task/capability.ts'
import type { ResultForm } from '../task/form.ts'
import { sha256 } from '../task/hash.ts'
import type { SkillMatch } from '../task/skill.ts'
import { TASK_TYPES, WORKFLOWS } from '../task/task.ts'
import type { SectionName, Sections } from './skill-body.ts'
import { readSections } from './skill-body.ts'

/** A skill pack as SPEC 5.3 wants it: frontmatter and the six sections. Its text steers; the grant is what binds. */
export interface Skill extends SkillMatch {
  readonly description: string
  /** Commands that must pass where neither the repository's settings say any. Constant arguments to a shell in the box. */
  readonly verify: readonly string[]
  /** What its results in words must have, added to what the kind of work wants anyway. */
  readonly form: ResultForm
  readonly sections: Readonly<Record<SectionName, string>>
  readonly file: string
  /** SHA-256 of the pack's text. */
  readonly hash: string
}

export interface SkillProblem {
  readonly file: string
  readonly line: number
  /** What is wrong and what is allowed. */
  readonly message: string
}

type ParsedSkill = { readonly ok: true; readonly skill: Skill } | ({ readonly ok: false } & SkillProblem)

export const MAX_SKILL_BYTES = 65_536

/** The text of a SKILL.md → the pack, or the first thing wrong with it, by file and line. Never throws. */
export function parseSkill(text: string, file: string): ParsedSkill {
  const wrong = (line: number, message: string): ParsedSkill => ({ ok: false, file, line, message })
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_SKILL_BYTES) return wrong(1, `is ${bytes} bytes long; allowed: ${MAX_SKILL_BYTES}`)
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  const hidden = lines.findIndex((line) => HIDDEN.test(line))
  if (hidden >= 0) return wrong(hidden + 1, 'holds a hidden character (zero-width, bidi, tag or control); remove it')
  if (lines[0] !== '---') return wrong(1, 'must begin with frontmatter: a line `---`, keys, a line `---`')
  const end = lines.indexOf('---', 1)
  if (end < 0) return wrong(1, 'has no line `---` that ends the frontmatter')

  // The empty first line stands for the `---`, so that lines are counted as in the file.
  const yaml = readYaml(`\n${lines.slice(1, end).join('\n')}\n`, file)
  if (!yaml.ok) {
    const first = yaml.problems[0]
    return wrong(
      first?.line ?? 1,
      first ? `${first.key === '' ? '' : `\`${first.key}\` `}${first.message}` : 'cannot be read',
    )
  }
  const parsed = FRONTMATTER.safeParse(yaml.value.value)
  if (!parsed.success) {
    const { path, key, message } = issueOf(parsed.error)
    return wrong(Math.max(2, yaml.value.locate(path, key).line), message)
  }
  const body = readSections(lines.slice(end + 1), end + 2)
  if (!body.ok) return wrong(body.line, body.message)
  return { ok: true, skill: skillOf(parsed.data, body.sections, file, text) }
}

/** Format, control and variation-selector characters: what a reader does not see and a model does. */
const HIDDEN =
  /[\p{Cf}\p{Variation_Selector}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u{e0000}-\u{e0fff}]|\u034f/u

const DOCUMENT = /^[a-z][a-z0-9-]{0,39}\.(?:md|json|csv)$/
const NAME = /^[a-z][a-z0-9-]{1,39}$/
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((s) => !s.includes('\n'), 'must be one line')
const list = (max: number) => z.array(line(100)).max(max)

const FRONTMATTER = z.strictObject({
  name: z.string().regex(NAME, 'must be lower-case letters, digits and `-`, 2 to 40 of them'),
  description: z.string().trim().min(1).max(1000),
  supervisor: z.strictObject({
    workflow: z.enum(WORKFLOWS),
    required_capabilities: z.array(z.enum(CAPABILITIES)).max(CAPABILITIES.length).default([]),
    match: z
      .strictObject({
        types: z.array(z.enum(TASK_TYPES)).max(TASK_TYPES.length).optional(),
        labels: list(50).optional(),
        words: list(50).optional(),
        paths: list(50).optional(),
      })
      .default({}),
    verify: z.array(line(1000)).max(20).default([]),
    artifacts: z.array(z.string().regex(DOCUMENT, 'must be a name such as sources.md')).max(10).default([]),
    form: z
      .strictObject({
        sections: list(20).default([]),
        max_words: z.number().int().min(10).max(20_000).optional(),
        sources: z.boolean().default(false),
        decision: z.boolean().default(false),
        data: z.boolean().default(false),
      })
      .prefault({}),
  }),
})

function skillOf(
  { name, description, supervisor }: z.infer<typeof FRONTMATTER>,
  sections: Sections,
  file: string,
  text: string,
): Skill {
  return {
    name,
    description,
    workflow: supervisor.workflow,
    requiredCapabilities: supervisor.required_capabilities,
    match: supervisor.match,
    verify: supervisor.verify,
    form: {
      sections: supervisor.form.sections,
      maxWords: supervisor.form.max_words ?? null,
      sources: supervisor.form.sources,
      decision: supervisor.form.decision,
      data: supervisor.form.data,
      documents: supervisor.artifacts,
    },
    sections,
    file,
    hash: sha256(text),
  }
}

/** The first issue with where it stands: the place of the value, or of the key that should not be there. */
function issueOf(error: z.ZodError): { path: (string | number)[]; key?: string; message: string } {
  const issue = error.issues[0]
  if (issue === undefined) return { path: [], message: 'is not valid' }
  const path = issue.path.filter((p) => typeof p !== 'symbol')
  const where = path.length === 0 ? 'the frontmatter' : `\`${path.join('.')}\``
  if (issue.code === 'unrecognized_keys') {
    const key = (issue.keys[0] ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 80)
    return { path, key, message: `${where} has an unknown key \`${key}\`` }
  }
  return { path, message: `${where}: ${issue.message}` }
}
