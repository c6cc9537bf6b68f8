/** The sections that every pack must have, in whatever order (SPEC 5.3). */
const SECTION_NAMES = ['Purpose', 'When to use', 'Inputs', 'Outputs', 'Operating rules', 'Stop conditions'] as const
export type SectionName = (typeof SECTION_NAMES)[number]
export type Sections = Readonly<Record<SectionName, string>>

type ReadSections =
  | { readonly ok: true; readonly sections: Sections }
  | { readonly ok: false; readonly line: number; readonly message: string }

/**
 * Headings `## Name` outside code fences → the text below each. Other sections may stand between.
 * @param firstLine number of the first of `lines` in the file
 */
export function readSections(lines: readonly string[], firstLine: number): ReadSections {
  const found = new Map<SectionName, { line: number; text: string[] }>()
  let open: { line: number; text: string[] } | null = null
  let fence: string | null = null
  for (const [i, text] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1]
    if (mark !== undefined) fence = fence === null ? mark : text.trim() === fence ? null : fence
    const heading = fence === null ? /^##? +(\S[^\n]{0,80})$/.exec(text)?.[1]?.trim().toLowerCase() : undefined
    if (heading === undefined) {
      open?.text.push(text)
      continue
    }
    const name = SECTION_NAMES.find((n) => n.toLowerCase() === heading)
    open = name === undefined ? null : { line: firstLine + i, text: [] }
    if (name === undefined || open === null) continue
    if (found.has(name))
      return { ok: false, line: open.line, message: `section \`${name}\` stands here twice; allowed: once` }
    found.set(name, open)
  }
  const sections: Partial<Record<SectionName, string>> = {}
  for (const name of SECTION_NAMES) {
    const section = found.get(name)
    if (section === undefined) return { ok: false, line: firstLine, message: `section \`## ${name}\` is missing` }
    sections[name] = section.text.join('\n').trim()
    if (sections[name] === '') return { ok: false, line: section.line, message: `section \`${name}\` is empty` }
  }
  return isComplete(sections) ? { ok: true, sections } : { ok: false, line: firstLine, message: 'sections are missing' }
}

const isComplete = (sections: Partial<Record<SectionName, string>>): sections is Sections =>
  SECTION_NAMES.every((name) => sections[name] !== undefined)
