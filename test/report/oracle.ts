import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

type Node = ReturnType<typeof fromMarkdown>['children'][number]

export interface Live {
  /** Prose that GitHub reads for mentions and references: outside of code, with HTML removed. */
  readonly prose: string
  readonly links: readonly string[]
  readonly images: number
  readonly tags: readonly string[]
  readonly headings: number
}

/** What GitHub would act on in a body: found by parsing it as GitHub does, not by looking at the characters. */
export function live(body: string): Live {
  const found = { prose: '', links: [] as string[], images: 0, tags: [] as string[], headings: 0 }
  const walk = (node: Node): void => {
    if (node.type === 'text') found.prose += node.value
    if (node.type === 'html') {
      found.tags.push(...(node.value.match(/<!--[\s\S]*?-->|<\/?[a-zA-Z][^>]*>|<[!?][^>]*>/g) ?? []))
      // Text between the tags is live as well; what stands in <code> is not.
      found.prose += ` ${node.value
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/<code>.*?<\/code>/g, '')
        .replace(/<[^>]*>/g, '')} `
    }
    if (node.type === 'link') found.links.push(node.url)
    if (node.type === 'image' || node.type === 'imageReference') found.images++
    if (node.type === 'heading') found.headings++
    if ('children' in node) for (const child of node.children) walk(child)
    if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell') found.prose += '\n'
  }
  for (const node of fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children)
    walk(node)
  return found
}

export const MENTION = /(?:^|[^\w`])@[a-zA-Z\d]/
export const REFERENCE = /(?:^|[^&\w])#\d|\bGH-\d/i
/** On the raw characters, because a squash merge copies them into a commit message. */
export const CLOSES = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s*(?:[\w.-]+\/[\w.-]+)?(?:#|GH-)\d/gi
export const SKIPS_CI = /\[(?:skip|no) (?:ci|actions)\]|\[(?:ci|actions) skip\]|\*\*\*NO_CI\*\*\*|^skip-checks:/im
export const SLASH_COMMAND = /^\s*\/[a-z][a-z-]*(?:\s|$)/im
/** Invisible or direction-changing characters. */
export const HIDDEN =
  /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}\u0000-\u0008\u001b]/u
