import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSignIn } from '../../src/github/sign-in.ts'
import { packageRoot } from '../../src/package-root.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { answerText } from '../../src/web/handler.ts'
import { type Listener, listen } from '../../src/web/listen.ts'
import { createSignInDoor } from '../../src/web/sign-in/sign-in-routes.ts'

/** GitHub's part of the flow: it gives a code to whoever agrees, and a token for a code with its verifier, once. */
interface Codes {
  readonly challenge: string
  readonly redirectUri: string
}
let github: Server
let site: Listener
const codes = new Map<string, Codes>()
const errors: unknown[] = []
let origin: string
const ID = 'Iv1.abc'

beforeAll(async () => {
  github = createServer((req, res) => {
    const json = (status: number, body: object): void =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (req.url === '/api/v3/user')
      return req.headers.authorization === 'Bearer user-token' ? json(200, { id: 5, login: 'maria' }) : json(401, {})
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const found = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const fits = found?.challenge === challenge && found.redirectUri === form.get('redirect_uri')
      json(
        200,
        fits && form.get('client_secret') === 'the-secret'
          ? { access_token: 'user-token' }
          : { error: 'bad_verification_code' },
      )
    })
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  const webUrl = `http://127.0.0.1:${(github.address() as AddressInfo).port}`
  const assets = await loadAssets(`${packageRoot(import.meta.dirname)}/assets`)
  let door: ReturnType<typeof createSignInDoor> | null = null
  site = await listen(
    { host: '127.0.0.1', port: 0 },
    [
      async (req, res) => (await door?.routes(req, res)) ?? false,
      async (req, res) => {
        const visitor = door?.visitorOf(req) ?? null
        return answerText(res, 200, visitor?.kind === 'person' ? `${visitor.login} ${visitor.id}` : 'nobody')
      },
    ],
    (error) => errors.push(error),
  )
  origin = `http://127.0.0.1:${site.port}`
  door = createSignInDoor({
    publicUrl: origin,
    secret: 'the-secret',
    signIn: createSignIn({ clientId: ID, clientSecret: 'the-secret', apiUrl: `${webUrl}/api/v3`, webUrl }),
    assets,
    onError: (error) => errors.push(error),
  })
})
afterAll(async () => {
  await site.stop()
  await new Promise((resolve) => github.close(resolve))
})
beforeEach(() => void errors.splice(0))

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}${path}`, { redirect: 'manual', headers })
const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')

/** Begins, and agrees on GitHub's page. @returns the way back, and the cookie of the browser that began */
async function begin(next = '/tasks'): Promise<{ back: string; cookie: string }> {
  const answer = await get(`/sign-in?next=${encodeURIComponent(next)}`)
  const address = new URL(answer.headers.get('location') ?? '')
  expect(address.pathname).toBe('/login/oauth/authorize')
  expect(address.searchParams.get('client_id')).toBe(ID)
  const redirectUri = address.searchParams.get('redirect_uri') ?? ''
  expect(redirectUri).toBe(`${origin}/sign-in/callback`)
  const code = `code${codes.size}`
  codes.set(code, { challenge: address.searchParams.get('code_challenge') ?? '', redirectUri })
  return {
    back: `/sign-in/callback?code=${code}&state=${address.searchParams.get('state')}`,
    cookie: cookiesOf(answer),
  }
}

test('somebody signs in, comes back to where they wanted to, is known from then on, and signs out', async () => {
  const { back, cookie } = await begin('/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const answer = await get(back, { cookie })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const [set = ''] = answer.headers.getSetCookie()
  expect(set).toMatch(/HttpOnly; SameSite=Lax/)
  expect(set).not.toContain('user-token')
  const session = cookiesOf(answer)
  expect(await (await get('/who', { cookie: session })).text()).toBe('maria 5\n')
  const out = await fetch(`${origin}/sign-out`, { method: 'POST', headers: { cookie: session, origin } })
  expect(out.headers.getSetCookie()[0]).toMatch(/^session=; .*Max-Age=0/)
})

test('another browser cannot use the way back, nor can it be used twice or with another state', async () => {
  const { back, cookie } = await begin()
  expect((await get(back)).status).toBe(400)
  expect((await get(back.replace(/state=.*/, 'state=x'), { cookie })).status).toBe(400)
  const other = await begin()
  expect((await get(back, { cookie: other.cookie })).status).toBe(400)
  expect((await get(back, { cookie })).status).toBe(303)
  expect((await get(back, { cookie })).status).toBe(502)
  expect(errors.map(String)).toEqual([expect.stringContaining('bad_verification_code')])
})

test('a session that was changed, or is a seal for something else, is nobody', async () => {
  const { back, cookie } = await begin()
  const session = cookiesOf(await get(back, { cookie })).split('; ')[0] ?? ''
  const changed = `${session.slice(0, -3)}${session.endsWith('AAA') ? 'BBB' : 'AAA'}`
  for (const value of [
    changed,
    'session=',
    'session=x',
    cookie.replace('sign-in=', 'session='),
    `session=${'A'.repeat(9_000)}`,
  ])
    expect(await (await get('/who', { cookie: value })).text()).toBe('nobody\n')
})

test.each([
  'https://evil.example/',
  '//evil.example/tasks',
  '/tasks//evil.example',
  '/tasks\\evil',
  '/sign-out',
  'javascript:alert(1)',
  '/tasks?x=\r\nset-cookie: a=b',
])('nobody is led away: %s', async (next) => {
  const { back, cookie } = await begin(next)
  expect((await get(back, { cookie })).headers.get('location')).toBe('/tasks')
})

test('only a page of ours signs people out', async () => {
  for (const from of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
    const answer = await fetch(`${origin}/sign-out`, { method: 'POST', headers: from })
    expect(answer.status).toBe(403)
    expect(answer.headers.getSetCookie()).toEqual([])
  }
})
