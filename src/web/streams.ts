import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Database } from '../store/database.ts'
import { taskStamp } from '../store/pages/task-page.ts'
import { SAFE_HEADERS } from './send-page.ts'

export interface Streams {
  /** Tells a page whenever its task has changed, until it goes away. */
  open(req: IncomingMessage, res: ServerResponse, taskId: string, mayStill: () => Promise<boolean>): true
  close(): void
}

const LOOK_MS = 2_000
/** Something is sent as often as this, so that nothing in between takes the connection for dead. */
const SIGN_OF_LIFE_MS = 15_000
/** Then the browser comes again by itself. */
const LONGEST_MS = 10 * 60_000
/** How often a visitor is asked about again; the answer itself is remembered elsewhere. */
const ASK_MS = 60_000
const MOST = 200

/** Server-sent events. The rows are looked at, because whatever changes a task leaves a row, in whichever process. */
export function createStreams(db: Database): Streams {
  const open = new Set<() => void>()
  return {
    open: (req, res, taskId, mayStill) => {
      if (open.size >= MOST) {
        res.writeHead(503, { ...SAFE_HEADERS, 'retry-after': '60' }).end()
        return true
      }
      res.writeHead(200, {
        ...SAFE_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      res.write('retry: 5000\n\n')
      const over = new AbortController()
      const end = (): void => {
        open.delete(end)
        over.abort()
        res.end()
      }
      open.add(end)
      req.on('close', end)
      tell(db, res, taskId, mayStill, over.signal).then(end, end)
      return true
    },
    close: () => {
      for (const end of [...open]) end()
    },
  }
}

async function tell(
  db: Database,
  res: ServerResponse,
  taskId: string,
  mayStill: () => Promise<boolean>,
  over: AbortSignal,
): Promise<void> {
  const began = Date.now()
  let last: string | null = null
  let wrote = began
  let asked = began
  while (!over.aborted && Date.now() - began < LONGEST_MS) {
    const stamp = await taskStamp(db, taskId)
    if (stamp === null) return
    if (Date.now() - asked > ASK_MS) {
      if (!(await mayStill())) return
      asked = Date.now()
    }
    if (stamp !== last) res.write(`event: changed\nid: ${stamp}\ndata: ${stamp}\n\n`)
    else if (Date.now() - wrote > SIGN_OF_LIFE_MS) res.write(': still here\n\n')
    if (stamp !== last || Date.now() - wrote > SIGN_OF_LIFE_MS) wrote = Date.now()
    last = stamp
    await pause(LOOK_MS, over)
  }
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over.aborted) return resolve()
    const timer = setTimeout(done, ms)
    over.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      over.removeEventListener('abort', done)
      resolve()
    }
  })
}
