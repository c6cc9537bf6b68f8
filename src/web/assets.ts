import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathOf, refusesWrites, type WebHandler } from './handler.ts'
import { SAFE_HEADERS } from './send-page.ts'

export interface Assets {
  /** Addresses with the hash of the content, so that a browser may keep them for ever. */
  readonly style: string
  readonly script: string
  readonly serve: WebHandler
}

const FILES = { style: ['page.css', 'text/css'], script: ['page.js', 'text/javascript'] } as const

/** Reads the style and the script of the pages once; what is served later is what was read then. */
export async function loadAssets(dir: string): Promise<Assets> {
  const served = new Map<string, { readonly type: string; readonly body: Buffer }>()
  const load = async ([name, type]: readonly [string, string]): Promise<string> => {
    const body = await readFile(join(dir, name))
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
    const path = `/assets/${hash}/${name}`
    served.set(path, { type, body })
    return path
  }
  const [style, script] = [await load(FILES.style), await load(FILES.script)]
  const serve: WebHandler = async (req, res) => {
    const found = served.get(pathOf(req))
    if (!found) return false
    if (refusesWrites(req, res)) return true
    res.writeHead(200, {
      ...SAFE_HEADERS,
      'content-type': `${found.type}; charset=utf-8`,
      'content-length': found.body.length,
      'cache-control': 'public, max-age=31536000, immutable',
    })
    res.end(req.method === 'HEAD' ? undefined : found.body)
    return true
  }
  return { style, script, serve }
}
