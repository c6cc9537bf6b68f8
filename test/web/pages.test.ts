import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance } from '../../src/store/advance.ts'
import { type ListFilter, listPage } from '../../src/store/pages/list-page.ts'
import type { Visitor } from '../../src/web/visitor.ts'
import { openTestStore, REPOSITORY, type TestStore } from '../support/store.ts'
import { fullTask, HOSTILE, openSite, type Site } from './site.ts'

let store: TestStore
const sites: Site[] = []
beforeAll(async () => {
  store = await openTestStore()
})
beforeEach(() => store.sql('delete from tasks'))
afterEach(async () => {
  for (const site of sites.splice(0)) {
    await site.stop()
    expect(site.errors).toEqual([])
  }
})
afterAll(() => store.close())

async function open(
  options: Parameters<typeof openSite>[1] = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const site = await openSite(store, options)
  sites.push(site)
  return (path, init) => fetch(`${site.url}${path}`, { redirect: 'manual', ...init })
}
const lines = (page: string): string[] =>
  [...page.matchAll(/<span class="title">(.*?)<\/span>/g)].map((m) => m[1] ?? '')

describe('the list', () => {
  test('is found by group, repository, title, number and id, and says when nothing fits', async () => {
    const other = { ...REPOSITORY, id: 8, name: 'other' }
    const id = await store.newTask({ title: 'The parser is slow' })
    const waiting = await store.newTask({ title: 'Login 100% broken', repository: other })
    await store.walk(await store.lease(waiting), 'PLAN', { rest: { waitingOn: 'approval', until: null } })
    const done = await store.newTask({ title: 'An old thing', issueNumber: 4_242 })
    await store.walk(await store.lease(done), 'DONE')
    const get = await open()
    const found = async (query: string): Promise<string[]> => lines(await (await get(`/tasks?${query}`)).text())
    expect(await found('')).toEqual(['An old thing', 'Login 100% broken', 'The parser is slow'])
    expect(await found('show=people')).toEqual(['Login 100% broken'])
    expect(await found('show=working')).toEqual(['The parser is slow'])
    expect(await found('show=done')).toEqual(['An old thing'])
    expect(await found('repository=ACME/other')).toEqual(['Login 100% broken'])
    expect(await found('q=PARSER')).toEqual(['The parser is slow'])
    expect(await found('q=100%25')).toEqual(['Login 100% broken'])
    expect(await found('q=%25')).toEqual(['Login 100% broken'])
    expect(await found('q=%234242')).toEqual(['An old thing'])
    expect(await found(`q=${id.slice(-6).toLowerCase()}`)).toEqual(['The parser is slow'])
    expect(await (await get('/tasks?q=nothing+like+it')).text()).toContain('No task fits')
    expect((await get('/tasks?show=%00&repository=a/b/c&before=x&after=%27&q=%00%ff')).status).toBe(200)
  })

  test('is walked by its links, forth and back, without a task twice or left out', async () => {
    for (let n = 0; n < 120; n++) await store.newTask({ title: `Task ${n}` })
    const get = await open()
    const walk = async (rel: string, from: string): Promise<{ seen: string[]; last: string }> => {
      const seen: string[] = []
      let last = from
      for (let path: string | undefined = from; path; ) {
        last = path
        const page = await (await get(path)).text()
        seen.push(...lines(page))
        path = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(page)?.[1]?.replaceAll('&amp;', '&')
      }
      return { seen, last }
    }
    const forth = await walk('next', '/tasks?show=open')
    expect(forth.seen).toEqual(Array.from({ length: 120 }, (_, n) => `Task ${119 - n}`))
    const back = await walk('prev', forth.last)
    expect(new Set(back.seen)).toEqual(new Set(forth.seen))
    expect(back.last).toContain('after=')
  })

  test('finds a page of a hundred thousand tasks by its key, not by counting', async () => {
    await store.newTask()
    await store.sql(`insert into tasks (id, repository_id, issue_number, is_pull_request, title, request, requester_id, requester_login, requester_type, capabilities, base_branch, budget_usd)
      select lpad(n::text, 26, '0'), 7, n, false, 'Task ' || n, '', 1, 'maria', 'User', '{}', 'main', 5 from generate_series(1, 100000) n`)
    await store.sql('analyze tasks')
    const everything: ListFilter = { group: 'all', repository: null, text: '', repositoryIds: null }
    const page = await listPage(store.db, everything, { before: `${'0'.repeat(20)}050000`, after: null })
    expect(page.tasks.map((t) => t.issueNumber)).toEqual(Array.from({ length: 50 }, (_, n) => 49_999 - n))
    const plan = await store.sql<{ 'QUERY PLAN': string }>(
      `explain select t.id from tasks t join repositories r on r.id = t.repository_id where t.id < '${'0'.repeat(20)}050000' order by t.id desc limit 51`,
    )
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index (?:Only )?Scan Backward using tasks_pkey/)
    const get = await open()
    expect((await get('/tasks?q=Task+99999')).status).toBe(200)
  })
})

describe('a task', () => {
  test('is shown with its evidence, plan, runs, decisions, timeline, spending and files', async () => {
    const id = await fullTask(store, { state: 'REPORT', rest: 'review', reason: 'review_wanted', verdict: 'pass' })
    const page = await (await (await open())(`/tasks/${id}`)).text()
    const headings = [...page.matchAll(/<h2 id="[^"]+">([^<]+)/g)].map((m) => m[1])
    expect(headings).toEqual([
      'Evidence',
      'Change',
      'Facts',
      'Plan',
      'Runs',
      'Decisions',
      'Timeline',
      'Spending',
      'On GitHub',
      'Artifacts',
    ])
    for (const said of [
      'Verified, waiting for review',
      '212 passed, 2 failed',
      'low-risk',
      '$1.37',
      '120k tokens',
      'https://github.com/acme/app/pull/',
    ])
      expect(page, said).toContain(said)
  })

  test('shows what others wrote as text, wherever it stands', async () => {
    const id = await fullTask(store, { state: 'FAILED', title: HOSTILE, words: HOSTILE, verdict: 'fail' })
    const get = await open()
    for (const path of [`/tasks/${id}`, '/tasks', `/tasks?q=${encodeURIComponent(HOSTILE.slice(0, 90))}`]) {
      const page = await (await get(path)).text()
      expect(page.match(/<script/g), path).toHaveLength(1)
      expect(page, path).not.toMatch(/<img|<b>|\u202e|href="javascript|onerror="|onmouseover='/)
    }
  })

  test('its artifacts are text that can do nothing, and only its own', async () => {
    const id = await fullTask(store, { state: 'DONE', words: HOSTILE })
    const other = await fullTask(store, { state: 'DONE' })
    const get = await open()
    const page = await (await get(`/tasks/${id}`)).text()
    const paths = [...new Set([...page.matchAll(/\/tasks\/\w+\/artifacts\/\w+/g)].map((m) => m[0]))]
    expect(paths).toHaveLength(4)
    for (const path of paths) {
      const answer = await get(path)
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(answer.headers.get('content-security-policy')).toContain('sandbox')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect((await get(path.replace(id, other))).status).toBe(404)
    }
  })

  test('tells its page of every change, and of nothing else', async () => {
    const id = await store.newTask()
    const lease = await store.lease(id)
    const get = await open()
    const answer = await get(`/tasks/${id}/events`)
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const next = async (): Promise<string> => {
      for (;;) {
        const { value = '', done } = (await reader?.read()) ?? { done: true }
        if (done) throw new Error('the stream has ended')
        const stamp = /event: changed\nid: (\S+)/.exec(value)?.[1]
        if (stamp) return stamp
      }
    }
    const first = await next()
    await advance(
      store.db,
      lease,
      { state: 'INTAKE', version: 0 },
      { event: 'accepted', reasonCode: 'command_accepted' },
    )
    expect(await next()).not.toBe(first)
    await reader?.cancel()
  })

  test('that there is not is not found, whatever stands in its place', async () => {
    const get = await open()
    for (const path of [
      '/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV',
      '/tasks/x',
      `/tasks/${"'".repeat(26)}`,
      '/tasks/%2e%2e/x',
      '/tasks//',
    ])
      expect((await get(path)).status, path).toBe(404)
    expect((await get('/tasks', { method: 'POST' })).status).toBe(405)
  })
})

test('nothing may run or load but the style and the script of the page, which never change under their address', async () => {
  const get = await open()
  const answer = await get('/tasks')
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe|\*|data:|https?:/)
  const page = await answer.text()
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! type="module" src="\/assets\/)/)
  for (const [, path] of page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
    expect((await get(path ?? '')).headers.get('cache-control')).toContain('immutable')
  expect((await get('/assets/x/page.js')).status).toBe(404)
  expect((await get('/assets/..%2fpackage.json')).status).toBe(404)
})

describe('on loopback', () => {
  const ask = async (headers: Record<string, string>): Promise<number | undefined> => {
    const site = await openSite(store)
    sites.push(site)
    return new Promise((resolve, reject) => {
      request(`${site.url}/tasks`, { headers }, (res) => resolve(res.resume().statusCode))
        .on('error', reject)
        .end()
    })
  }
  test.each(['localhost:3001', '127.0.0.1', '[::1]:3001'])('whoever asks for %s is the operator', async (host) => {
    expect(await ask({ host })).toBe(200)
  })
  test.each([
    { host: 'evil.example' },
    { host: 'localhost.evil.example:3001' },
    { host: '127.0.0.1.nip.io' },
    { host: 'localhost', 'x-forwarded-for': '192.0.2.1' },
    { host: 'localhost', forwarded: 'for=192.0.2.1' },
  ])('a name that was made to point here, or a proxy, is shown nothing: %j', async (headers) => {
    expect(await ask(headers)).toBe(403)
  })
})

describe('somebody who signed in', () => {
  const maria: Visitor = { kind: 'person', id: 5, login: 'maria' }
  const veiled = { ...REPOSITORY, id: 9, name: 'veiled' }

  test('sees the tasks of repositories that they may read on GitHub, asked for once in a while', async () => {
    const [seen, secret] = [
      await store.newTask({ title: 'Seen' }),
      await store.newTask({ title: 'Secret', repository: veiled }),
    ]
    let asked = 0
    const get = await open({
      visitorOf: () => maria,
      asks: async (repository) => {
        asked += 1
        return { permission: repository.name === 'veiled' ? 'none' : 'read', userId: 5 }
      },
    })
    for (let n = 0; n < 3; n++) {
      const page = await (await get('/tasks')).text()
      expect(lines(page)).toEqual(['Seen'])
      expect(page).not.toContain('veiled')
      expect((await get(`/tasks/${seen}`)).status).toBe(200)
      expect((await get(`/tasks/${secret}`)).status).toBe(404)
      expect((await get(`/tasks/${secret}/events`)).status).toBe(404)
    }
    const repositories = await store.sql('select distinct repository_id from tasks')
    expect(asked).toBe(repositories.length)
    expect(lines(await (await get('/tasks?repository=acme/veiled')).text())).toEqual([])
  })

  test('under a login that is somebody else’s now, or where GitHub does not answer, sees nothing', async () => {
    const id = await store.newTask()
    const asOther = await open({ visitorOf: () => maria, asks: async () => ({ permission: 'admin', userId: 6 }) })
    expect((await asOther(`/tasks/${id}`)).status).toBe(404)
    const away = await open({ visitorOf: () => maria, asks: () => Promise.reject(new Error('away')) })
    expect((await away(`/tasks/${id}`)).status).toBe(404)
    expect(lines(await (await away('/tasks')).text())).toEqual([])
  })

  test('who has not yet, is sent to do so, and comes back to where they wanted to', async () => {
    const id = await store.newTask()
    const get = await open({ visitorOf: () => null })
    const answer = await get(`/tasks/${id}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(`/tasks/${id}`)}`)
    expect((await get(`/tasks/${id}/events`)).status).toBe(401)
  })
})
