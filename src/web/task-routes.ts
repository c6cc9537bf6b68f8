import type { IncomingMessage, ServerResponse } from 'node:http'
import { visible } from '../report/text/clean.ts'
import type { Database } from '../store/database.ts'
import { LIST_GROUPS, type ListFilter, listPage, repositoriesWithTasks } from '../store/pages/list-page.ts'
import { readArtifactById, readTaskPage, taskStamp } from '../store/pages/task-page.ts'
import { repositoryOfTask } from '../store/tasks.ts'
import type { RepositoryRef } from '../task/task.ts'
import type { Assets } from './assets.ts'
import { pathOf, refusesWrites, type WebHandler } from './handler.ts'
import { html, type Piece } from './html.ts'
import { type Frame, messagePage } from './pages/layout.ts'
import { listTasksPage } from './pages/list.ts'
import { taskPage } from './pages/task.ts'
import { redirect, SAFE_HEADERS, sendPage } from './send-page.ts'
import type { Streams } from './streams.ts'
import type { Access, Visitor } from './visitor.ts'

export interface Pages {
  readonly db: Database
  readonly assets: Assets
  readonly access: Access
  readonly streams: Streams
  /** Who it is that asks: null = not known yet, `refused` = nobody who is shown anything here. */
  readonly visitorOf: (req: IncomingMessage) => Visitor | null | 'refused'
  /** The repository's page on GitHub. */
  readonly webUrl: (repository: RepositoryRef) => string
}

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/

/** `/tasks`, `/tasks/ID`, its events and its artifacts. They only read. */
export function taskRoutes(pages: Pages): WebHandler {
  return async (req, res) => {
    const path = pathOf(req)
    if (path !== '/' && path !== '/tasks' && !path.startsWith('/tasks/')) return false
    if (refusesWrites(req, res)) return true
    const visitor = pages.visitorOf(req)
    if (visitor === 'refused')
      return message(
        pages,
        res,
        null,
        403,
        'Not here',
        html`<p>This page is for the machine itself. Open it as <code>http://127.0.0.1</code> with its port.</p>`,
      )
    if (path === '/') return redirect(res, '/tasks')
    const [, , id, what, part] = path.split('/')
    if (visitor === null)
      return what === 'events'
        ? refuse(res, 401)
        : redirect(res, `/sign-in?next=${encodeURIComponent(req.url ?? '/tasks')}`)
    if (path === '/tasks') return list(pages, req, res, visitor)
    const repository = id !== undefined && ID.test(id) ? await repositoryOfTask(pages.db, id) : null
    // Whether there is such a task is not told to somebody who may not read it.
    if (id === undefined || repository === null || !(await pages.access.mayRead(visitor, repository)))
      return notFound(pages, res, visitor)
    if (what === undefined) return task(pages, res, visitor, id)
    if (what === 'events' && part === undefined)
      return pages.streams.open(req, res, id, () => pages.access.mayRead(visitor, repository))
    if (what === 'artifacts' && part !== undefined && ID.test(part)) return artifact(pages, res, visitor, id, part)
    return notFound(pages, res, visitor)
  }
}

async function list(pages: Pages, req: IncomingMessage, res: ServerResponse, visitor: Visitor): Promise<true> {
  const query = new URL(req.url ?? '/', 'http://localhost').searchParams
  const asked = query.get('show')
  const filter = {
    group: LIST_GROUPS.find((g) => g === asked) ?? 'all',
    repository: /^[\w.-]{1,100}\/[\w.-]{1,100}$/.exec(query.get('repository') ?? '')?.[0] ?? null,
    text: visible(query.get('q') ?? '')
      .trim()
      .slice(0, 100),
  }
  const cursor = (name: string): string | null => ID.exec(query.get(name) ?? '')?.[0] ?? null
  const known = await repositoriesWithTasks(pages.db)
  const allowed = await pages.access.readable(visitor, async () => known)
  const shown: ListFilter = { ...filter, repositoryIds: allowed }
  const page = await listPage(pages.db, shown, { before: cursor('before'), after: cursor('after') })
  const names = known
    .filter(({ id }) => allowed === null || allowed.includes(id))
    .map(({ owner, name }) => `${owner}/${name}`)
    .sort()
  return sendPage(res, 200, listTasksPage(frame(pages, 'Tasks', visitor), filter, page, names))
}

async function task(pages: Pages, res: ServerResponse, visitor: Visitor, id: string): Promise<true> {
  // Read first: what changes while the page is drawn is told by the first event.
  const stamp = await taskStamp(pages.db, id)
  const page = await readTaskPage(pages.db, id)
  if (!page || stamp === null) return notFound(pages, res, visitor)
  const title = `#${page.task.issueNumber} ${page.task.title.slice(0, 80)}`
  const drawn = { ...frame(pages, title, visitor), events: { address: `/tasks/${id}/events`, stamp } }
  return sendPage(res, 200, taskPage(drawn, page, pages.webUrl(page.task.repository), new Date()))
}

/** Text is shown as text whatever it is; bytes are saved. Neither can run, open or reach anything. */
async function artifact(
  pages: Pages,
  res: ServerResponse,
  visitor: Visitor,
  taskId: string,
  id: string,
): Promise<true> {
  const found = await readArtifactById(pages.db, taskId, id)
  if (!found) return notFound(pages, res, visitor)
  const isText = found.kind !== 'bundle'
  res.writeHead(200, {
    ...SAFE_HEADERS,
    'content-security-policy': "default-src 'none'; sandbox",
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'content-length': found.bytes.length,
    ...(isText ? {} : { 'content-disposition': 'attachment; filename="task.bundle"' }),
    'cache-control': 'private, no-store',
  })
  res.end(res.req.method === 'HEAD' ? undefined : found.bytes)
  return true
}

function frame({ assets: { style, script } }: Pages, title: string, visitor: Visitor | null): Frame {
  return { title, visitor, style, script }
}

function message(
  pages: Pages,
  res: ServerResponse,
  visitor: Visitor | null,
  status: number,
  title: string,
  words: Piece,
): true {
  return sendPage(res, status, messagePage(frame(pages, title, visitor), words))
}

const notFound = (pages: Pages, res: ServerResponse, visitor: Visitor): true =>
  message(
    pages,
    res,
    visitor,
    404,
    'Not found',
    html`<p>There is no such task, or you cannot read its repository on GitHub.</p><p><a href="/tasks">All tasks that you can see</a></p>`,
  )

function refuse(res: ServerResponse, status: number): true {
  res.writeHead(status, SAFE_HEADERS).end()
  return true
}
