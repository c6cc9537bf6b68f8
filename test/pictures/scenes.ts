import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, BOT, page } from './page.ts'

const GOLDEN = join(import.meta.dirname, '../report/golden')

const WIDE = 780
const PHONE = 390

/** Each picture of docs/pictures: what stands in it, all of it from the golden files, and how wide it is. */
const SCENES: Readonly<Record<string, { readonly width: number; readonly blocks: () => readonly Block[] }>> = {
  'plan-approval': {
    width: WIDE,
    blocks: () => [
      { kind: 'comment', by: 'maria', markdown: '/supervise' },
      ours('comment-waiting-for-plan-approval'),
      ours('asking-waiting-for-plan-approval'),
    ],
  },
  working: { width: WIDE, blocks: () => [ours('comment-working')] },
  verified: { width: WIDE, blocks: () => [ours('comment-verified-waiting-for-review')] },
  'not-verified': { width: WIDE, blocks: () => [ours('comment-not-verified')] },
  'pull-request': { width: WIDE, blocks: () => [pull('pull-verified-waiting-for-review')] },
  'check-run': { width: WIDE, blocks: () => [check('check-not-verified')] },
  why: {
    width: WIDE,
    blocks: () => [{ kind: 'comment', by: 'jon', markdown: '/supervise why' }, ours('reply-why')],
  },
  phone: { width: PHONE, blocks: () => [ours('comment-verified-waiting-for-review')] },
}

export const SCENE_NAMES: readonly string[] = Object.keys(SCENES)

export function scene(name: string): { readonly html: string; readonly width: number } {
  const found = SCENES[name]
  if (!found) throw new Error(`no picture ${name}; there are: ${SCENE_NAMES.join(', ')}`)
  return { html: page(found.blocks(), found.width), width: found.width }
}

/** Any golden file by itself, for looking at it. */
export function sceneOf(golden: string, width: number): string {
  const name = golden.replace(/\.md$/, '')
  if (name.startsWith('check-')) return page([check(name)], width)
  return page([name.startsWith('pull-') ? pull(name) : ours(name, true)], width)
}

function read(name: string): string {
  return readFileSync(join(GOLDEN, `${name}.md`), 'utf8')
}

function ours(name: string, open = false): Block {
  return { kind: 'comment', by: BOT, markdown: read(name), open }
}

function pull(name: string): Block {
  const [title = '', ...rest] = read(name).split('\n')
  return { kind: 'pull', title, draft: name.includes('not-verified'), markdown: rest.join('\n') }
}

function check(name: string): Block {
  const [head = '', summary = '', text = '', buttons = ''] = read(name).split('\n\n---\n\n')
  const [, conclusion = '', title = ''] = /^\w+, (\w+): (.*)$/.exec(head) ?? []
  return {
    kind: 'check',
    conclusion: conclusion === 'null' ? 'in_progress' : conclusion,
    title,
    summary,
    text: text === '(no text)' ? '' : text,
    buttons: [...buttons.matchAll(/^\[(.+?)\]/gm)].map(([, label = '']) => label),
  }
}
