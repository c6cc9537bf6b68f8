import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_FILES = 1_000
const MAX_DIRECTORIES = 5_000
const MAX_BYTES = 20_000_000

/** Where maven and gradle leave their reports, below any directory of a project. */
const REPORT_DIRECTORY = /(?:^|\/)(?:target\/(?:surefire|failsafe)-reports|build\/test-results)(?:\/|$)/

/**
 * Texts of the JUnit reports that a run left in its checkout. Hostile code wrote there: no link is followed, and what is
 * too much is not read.
 */
export async function reportFiles(tree: string): Promise<string[]> {
  const texts: string[] = []
  const left = { directories: MAX_DIRECTORIES, files: MAX_FILES, bytes: MAX_BYTES }
  const visit = async (path: string): Promise<void> => {
    if (left.directories-- <= 0) return
    for (const entry of await readdir(join(tree, path), { withFileTypes: true }).catch(() => [])) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory() && !/^(?:\.git|node_modules|src)$/.test(entry.name)) await visit(inner)
      if (!entry.isFile() || !entry.name.endsWith('.xml') || !REPORT_DIRECTORY.test(path) || left.files-- <= 0) continue
      const text = await readPlain(join(tree, inner), left.bytes)
      left.bytes -= text.length
      texts.push(text)
    }
  }
  await visit('')
  return texts
}

async function readPlain(path: string, most: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null)
  if (file === null) return ''
  try {
    const stat = await file.stat()
    return stat.isFile() && stat.size <= most ? await file.readFile('utf8') : ''
  } finally {
    await file.close()
  }
}
