import { parse as parseYaml } from 'yaml'
import { z } from 'zod'

/** One thing that somebody does, or that happens, as the story's heading says it. */
export interface Step {
  /** `maria comments on #1: /supervise` */
  readonly heading: string
  /** What stands in the block below the heading: the lines that do not fit into it. */
  readonly text: string
}

export interface Story {
  /** Of the file, without `.md`. */
  readonly name: string
  /** Everything before the first step, as it stands in the file. */
  readonly head: string
  readonly given: Given
  readonly steps: readonly Step[]
  /** The whole file: what people did and what GitHub showed. */
  readonly golden: string
}

const given = z.strictObject({
  /** File in test/fixtures/agents. */
  agent: z.string().default('good-fix'),
  capabilities: z.array(z.string()).default(['coding']),
  /** The operator's, over those of the tests. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** Over those of the sample; null leaves one out. */
  files: z.record(z.string(), z.string().nullable()).default({}),
  private: z.boolean().default(true),
  /** Files of the owner's repository `.github`; none = there is no such repository. */
  organisation: z.record(z.string(), z.string()).optional(),
  /** What the model `thinker` says, one after the other, the last again and again; absent = there is no model. */
  model: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).optional(),
})
export type Given = z.output<typeof given>

const BLOCK = /^```(?:text|yaml)\n([\s\S]*?)^```$/m

/**
 * A story is Markdown: a title, a sentence or two, a block of what is given (where it is not the usual), and then each
 * step as a heading of the second level. What stands below a step is what GitHub shows after it; a block right below
 * the heading belongs to the step.
 */
export function parseStory(name: string, golden: string): Story {
  const [head = '', ...parts] = golden.split(/^## /m)
  if (!head.startsWith('# ') || parts.length === 0) throw new Error(`${name}: a story has a title and steps`)
  const block = BLOCK.exec(head)?.[1]
  const read = given.safeParse(block === undefined ? {} : parseYaml(block))
  if (!read.success) throw new Error(`${name}: what is given: ${z.prettifyError(read.error)}`)
  return { name, head: head.trimEnd(), given: read.data, steps: parts.map(stepOf), golden }
}

function stepOf(part: string): Step {
  const [heading = '', ...rest] = part.split('\n')
  const below = rest.join('\n').trimStart()
  const text = below.startsWith('```text\n') ? (BLOCK.exec(below)?.[1] ?? '') : ''
  return { heading: heading.trim(), text: text.replace(/\n$/, '') }
}

/** The story as its file has to be. @param shown what GitHub shows after each step */
export function printStory(story: Story, shown: readonly string[]): string {
  const parts = story.steps.map(({ heading, text }, i) =>
    [`## ${heading}`, ...(text === '' ? [] : [`\`\`\`text\n${text}\n\`\`\``]), shown[i] ?? ''].join('\n\n'),
  )
  return `${[story.head, ...parts].join('\n\n').trimEnd()}\n`
}
