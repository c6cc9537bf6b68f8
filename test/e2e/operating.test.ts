import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { freePort } from '../../src/demo/free-port.ts'
import { story } from '../support/story.ts'
import { until } from '../support/until.ts'

const opsPort = await freePort()

story(
  'a real task has its page, its figures and a record that holds; tampering with that is found by the command line',
  {
    env: {
      OPS_PORT: String(opsPort),
      PUBLIC_URL: 'https://supervisor.example.com/',
      GITHUB_CLIENT_ID: 'Iv1.abc',
      GITHUB_CLIENT_SECRET: 'the-oauth-secret',
    },
    limitMs: 120_000,
  },
  async (w) => {
    const { issue } = await w.ask()
    await until('a pull request', async () => (await w.gh.view.pulls(w.repo)).length === 1)
    await w.settled()
    const verified = await w.cli('audit', 'verify', '--json')
    expect(verified.code, verified.stdout).toBe(0)
    const { ok, links } = JSON.parse(verified.stdout) as { ok: boolean; links: number }
    expect(ok).toBe(true)
    expect(links).toBeGreaterThan(10)

    const exported = await w.cli('audit', 'export')
    const kinds = new Set(
      exported.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { kind: string }).kind),
    )
    expect([...kinds].sort()).toEqual(['decision', 'evidence', 'github_write', 'transition'])
    const file = join(w.dir, 'export.jsonl')
    await writeFile(file, exported.stdout)
    expect((await w.cli('audit', 'verify', '--against', file)).code).toBe(0)

    const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
    expect(metrics).toMatch(/supervisor_tasks_started_total \d/)
    expect((await fetch(`${new URL(w.url).origin}/readyz`)).status).toBe(200)
    expect((await fetch(`${new URL(w.url).origin}/metrics`)).status).toBe(404)

    const [task] = await w.query<{ id: string }>('select id from tasks')
    const address = `https://supervisor.example.com/tasks/${task?.id}`
    expect((await w.mine(issue)).map(({ body }) => body).join()).toContain(`(${address})`)
    const started = w.calls().find(({ method, path }) => method === 'POST' && path.endsWith('/check-runs'))
    expect(JSON.parse(started?.body ?? '{}')).toMatchObject({ details_url: address })
    const front = await fetch(`${new URL(w.url).origin}/tasks/${task?.id}`, { redirect: 'manual' })
    expect(front.headers.get('location')).toMatch(/^\/sign-in\?next=/)
    const page = await (await fetch(`http://127.0.0.1:${opsPort}/tasks/${task?.id}`)).text()
    expect(page).toContain('Verified, waiting for review')
    expect(page).toContain('+++ b/src/add.js')

    await w.query(`begin; set local session_replication_role = replica; update evidence set verdict = 'fail'; commit`)
    const found = await w.cli('audit', 'verify')
    expect(found.code).toBe(1)
    expect(found.stdout).toMatch(/evidence \S+ is not as it was written/)
  },
)
