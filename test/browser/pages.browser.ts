import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../src/demo/free-port.ts'
import { createSignIn } from '../../src/github/sign-in.ts'
import { advance } from '../../src/store/advance.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { createSeal } from '../../src/web/sign-in/seal.ts'
import { createSignInDoor } from '../../src/web/sign-in/sign-in-routes.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { fullTask, HOSTILE, openSite, type Site } from '../web/site.ts'

let store: TestStore
let site: Site
let browser: Browser
const said: string[] = []

beforeAll(async () => {
  store = await openTestStore()
  site = await openSite(store)
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: asRoot })
})
afterAll(async () => {
  await browser?.close()
  await site.stop()
  await store.close()
  expect(site.errors).toEqual([])
})

/** A page; what it logs or throws, refusals of its policy included, fails the test that asks for `said`. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1_100, height: 900 }, ...options })).newPage()
  said.length = 0
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('dialog', (dialog) => said.push(dialog.message()))
  await page.goto(`${site.url}${path}`)
  return page
}

/** Controls and regions that a screen reader could say nothing of. */
const NAMELESS = `[...document.querySelectorAll('a, button, input, select, [role=region], nav, meter')]
  .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).length`

/** Contrast of texts against what is behind them, by WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
const CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor)
      if (colour[3] > 250) return colour
    }
    return [255, 255, 255, 255]
  }
  return [...document.querySelectorAll('.badge, .facts, .quiet, a, code, dt, th, summary, .stages li')].map((e) => {
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x)
    return { of: e.className || e.tagName, contrast: (a + 0.05) / (b + 0.05) }
  })
})()`

/** Draws it where PICTURES names a directory. */
async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const dir = process.env['PICTURES']
  if (dir) await page.screenshot({ path: join(dir, `${name}.png`), fullPage })
}

const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')

test('whatever others write stays text: in no field does it run, load or change the page', async () => {
  const id = await fullTask(store, { state: 'FAILED', title: HOSTILE, words: HOSTILE, verdict: 'fail' })
  for (const path of [`/tasks/${id}`, '/tasks', `/tasks?q=${encodeURIComponent(HOSTILE.slice(0, 90))}`]) {
    const page = await open(path)
    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.mouse.move(300, 300)
    expect(await page.evaluate<boolean>(`'hacked' in window`)).toBe(false)
    expect(
      await page.locator('img, iframe, object, b, script:not([src^="/assets/"]), [onerror], [onmouseover]').count(),
    ).toBe(0)
    const links = await page.evaluate<string[]>('[...document.links].map((a) => a.protocol)')
    expect(links.filter((p) => !['http:', 'https:'].includes(p))).toEqual([])
    expect(await isTooWide(page)).toBe(false)
    expect(said).toEqual([])
    await page.context().close()
  }
  const page = await open(`/tasks/${id}`)
  await page
    .getByRole('link', { name: /onerror/ })
    .last()
    .click()
  expect(await page.evaluate<boolean>(`'hacked' in window`)).toBe(false)
  expect(await page.locator('script').count()).toBe(0)
  await page.context().close()
})

test('a page follows its task, says so to screen readers, and leaves unfolded what was', async () => {
  const id = await fullTask(store, { state: 'EXECUTE' })
  const page = await open(`/tasks/${id}`)
  await page.getByText('Show the change').click()
  expect(await page.locator('.badge').first().textContent()).toContain('Working')
  await store.sql(
    `insert into job_lines (task_id, job_id, attempt, kind, text)
     select task_id, id, attempts, 'output', 'line ' || n || $2 from jobs, generate_series(1, 500) n where task_id = $1`,
    [id, HOSTILE],
  )
  await page.locator('pre.live').getByText('line 500').waitFor()
  expect(await page.evaluate<boolean>(`'hacked' in window`)).toBe(false)
  const atEnd = `(() => { const p = document.querySelector('pre.live'); return p.scrollHeight - p.scrollTop - p.clientHeight < 20 })()`
  await page.evaluate(`document.querySelector('pre.live').scrollTop = 1e9`)
  await store.sql(
    `insert into job_lines (task_id, job_id, attempt, kind, text) select task_id, id, attempts, 'message', 'the last word' from jobs where task_id = $1`,
    [id],
  )
  await page.locator('pre.live').getByText('» the last word').waitFor()
  expect(await page.evaluate<boolean>(atEnd)).toBe(true)
  await picture(page, 'task-working')
  await store.expire(id)
  const lease = await store.lease(id, 'worker-2')
  const { state, version } = await store.task(id)
  await advance(store.db, lease, { state, version }, { event: 'executed', reasonCode: 'executed' })
  await page.getByRole('status').getByText('Now: ▶ Verifying').waitFor()
  expect(await page.locator('.stages [aria-current=step]').textContent()).toContain('Verify')
  expect(await page.locator('#patch').getAttribute('open')).not.toBeNull()
  expect(said).toEqual([])
  await page.context().close()
})

test('by keyboard alone: past the head of the page, search, into a task, through its parts', async () => {
  await store.sql('delete from tasks')
  await fullTask(store, { state: 'PLAN', rest: 'approval', title: 'Sort the table by date' })
  const wanted = await fullTask(store, {
    state: 'REPORT',
    rest: 'review',
    verdict: 'pass',
    title: 'Fix the login redirect loop',
  })
  const page = await open('/tasks')
  await page.keyboard.press('Tab')
  expect(await page.evaluate<string>('document.activeElement?.textContent')).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('LOGIN')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=LOGIN/)
  expect(await page.getByRole('list', { name: 'Tasks, newest first' }).getByRole('listitem').count()).toBe(1)
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate<string>('document.activeElement?.className')) === 'task') break
  }
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(wanted))
  const names = await page.evaluate<string[]>(
    `[...document.querySelectorAll('section')].map((e) => e.getAttribute('aria-labelledby'))`,
  )
  expect(names).toContain('evidence')
  await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'Timeline' }).press('Enter')
  expect(page.url()).toContain('#timeline')
  await page.context().close()
})

test('every control and table has a name, headings go down step by step, and colours can be told apart', async () => {
  const id = await fullTask(store, { state: 'REPORT', rest: 'review', verdict: 'fail' })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(`/tasks/${id}`, { colorScheme })
    const levels = await page.evaluate<number[]>(
      `[...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))`,
    )
    expect(levels[0]).toBe(1)
    expect(levels.every((level, i) => i === 0 || level - (levels[i - 1] ?? 0) <= 1)).toBe(true)
    const nameless = await page.evaluate<number>(NAMELESS)
    expect(nameless).toBe(0)
    const contrasts = await page.evaluate<{ of: string; contrast: number }[]>(CONTRASTS)
    expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([])
    await page.context().close()
  }
})

test('on a phone nothing is cut off or wider than the screen, also without scripts', async () => {
  const id = await fullTask(store, {
    state: 'FAILED',
    verdict: 'fail',
    title: 'Averyveryverylongwordwithoutanyspaceinitthatdoesnotfitontoaphone of a title',
  })
  const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }
  for (const javaScriptEnabled of [true, false])
    for (const path of ['/tasks', `/tasks/${id}`]) {
      const page = await open(path, { ...phone, javaScriptEnabled })
      if (javaScriptEnabled) expect(await isTooWide(page), path).toBe(false)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      await picture(page, path === '/tasks' ? 'list-phone' : 'task-phone')
      await page.context().close()
    }
})

test('who signed in sees by whom they are taken for, and signs out with one press', async () => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const nobody = createSignIn({ clientId: 'x', clientSecret: 'x', apiUrl: publicUrl, webUrl: publicUrl })
  const assets = await loadAssets('assets')
  const door = createSignInDoor({ publicUrl, secret: 'the-secret', signIn: nobody, assets, onError: () => undefined })
  const own = await openSite(store, {
    port,
    others: [door.routes],
    visitorOf: door.visitorOf,
    asks: async () => ({ permission: 'read', userId: 5 }),
  })
  const context = await browser.newContext()
  const session = { id: 5, login: 'maria', until: Date.now() + 60_000 }
  const value = createSeal('the-secret').close('session', session)
  await context.addCookies([{ name: 'session', value, url: publicUrl }])
  const page = await context.newPage()
  await page.goto(`${publicUrl}/tasks`)
  await page.getByText('Signed in as maria').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Signed out' }).waitFor()
  expect(await context.cookies()).toEqual([])
  await context.close()
  await own.stop()
})

test('pictures of what people see', async () => {
  await store.sql('delete from tasks')
  await fullTask(store, { state: 'CANCELLED', title: 'Try the new colours' })
  const failed = await fullTask(store, { state: 'FAILED', verdict: 'fail', title: 'Sessions expire too early' })
  await fullTask(store, { state: 'EXECUTE', title: 'Sort the table of invoices by date' })
  const verified = await fullTask(store, {
    state: 'REPORT',
    rest: 'review',
    reason: 'review_wanted',
    verdict: 'pass',
    title: 'Fix the login redirect loop',
  })
  const waiting = await fullTask(store, {
    state: 'PLAN',
    rest: 'approval',
    reason: 'medium_risk_needs_approval',
    title: 'Rename the column user_name everywhere',
  })
  for (const [name, path] of [
    ['list', '/tasks'],
    ['task-failed', `/tasks/${failed}`],
    ['task-verified', `/tasks/${verified}`],
    ['task-waiting', `/tasks/${waiting}`],
  ] as const) {
    const page = await open(path)
    await picture(page, name, name === 'task-verified')
    expect(said).toEqual([])
    await page.context().close()
  }
  const page = await open(`/tasks/${failed}`, { colorScheme: 'dark' })
  await picture(page, 'task-dark')
  await page.context().close()
})
