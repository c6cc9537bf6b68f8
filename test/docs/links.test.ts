import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'

const ROOT = packageRoot(import.meta.dirname)
const LINK = /\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g

const pages = [
  ...(await readdir(ROOT)).filter((name) => name.endsWith('.md')),
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
]

test.each(pages)('what %s points at within the project is there', async (page) => {
  const text = await readFile(join(ROOT, page), 'utf8')
  const targets = [...text.matchAll(LINK)].map(([, one, other]) => one ?? other ?? '')
  const own = targets.filter((target) => !/^(?:https?:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''))
  expect(own.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([])
})
