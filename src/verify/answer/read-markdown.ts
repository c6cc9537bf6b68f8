/** What can be told of an answer without asking anybody. Linear in its length; code in fences is no prose. */
export interface ReadAnswer {
  /** Headings with what stands below each, up to the next one of any level. */
  readonly sections: readonly { readonly title: string; readonly text: string }[]
  readonly words: number
  /** Targets of links and images. */
  readonly links: readonly string[]
  /** Fenced blocks with their language. */
  readonly blocks: readonly { readonly language: string; readonly text: string }[]
  /** Rows of tables, the line below the head left out, each as its cells. */
  readonly rows: readonly (readonly string[])[]
  /** Everything outside fences. */
  readonly prose: string
}

/** Longer answers are judged by their beginning; what is asked for has to stand there. */
const MAX_CHARACTERS = 200_000
const MAX_FOUND = 500

export function readAnswer(markdown: string): ReadAnswer {
  const sections: { title: string; text: string }[] = []
  const blocks: { language: string; text: string }[] = []
  const rows: string[][] = []
  const prose: string[] = []
  let fence: { mark: string; language: string; lines: string[] } | null = null
  for (const line of markdown.slice(0, MAX_CHARACTERS).replace(/\r\n?/g, '\n').split('\n')) {
    const [, mark, language] = /^ {0,3}(`{3,}|~{3,})([^`\n]{0,40})/.exec(line) ?? []
    if (fence !== null) {
      if (mark?.startsWith(fence.mark) && language?.trim() === '') {
        if (blocks.length < MAX_FOUND) blocks.push({ language: fence.language, text: fence.lines.join('\n') })
        fence = null
      } else fence.lines.push(line)
      continue
    }
    if (mark !== undefined) {
      fence = { mark, language: language?.trim().toLowerCase() ?? '', lines: [] }
      continue
    }
    prose.push(line)
    const title = /^ {0,3}#{1,6} +(\S[^\n]{0,199})$/.exec(line)?.[1]
    if (title !== undefined) sections.push({ title: title.replace(/[ #]+$/, '').trim(), text: '' })
    else {
      const last = sections.at(-1)
      if (last !== undefined) last.text += `${line}\n`
    }
    if (rows.length < MAX_FOUND && /^ {0,3}\|.*\|\s*$/.test(line) && !/^[\s|:-]+$/.test(line))
      rows.push(
        line
          .trim()
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      )
  }
  const text = prose.join('\n')
  return {
    sections,
    words: text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    links: [...text.matchAll(/\]\(<?([^()\s<>]{1,500})/g)].slice(0, MAX_FOUND).map(([, target = '']) => target),
    blocks,
    rows,
    prose: text,
  }
}

/** The section of that name in any case; a heading may say more (`Sources and dates`). */
export const sectionOf = ({ sections }: ReadAnswer, name: string): string | null =>
  sections.find(({ title }) => plain(title).startsWith(plain(name)))?.text ?? null

const plain = (text: string): string => text.toLowerCase().replace(/^[\d.)\s*_]+/, '')
