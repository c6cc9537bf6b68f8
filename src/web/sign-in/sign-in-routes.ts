import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { SignIn } from '../../github/sign-in.ts'
import type { Assets } from '../assets.ts'
import { answerText, pathOf, refusesWrites, type WebHandler } from '../handler.ts'
import { html, type Piece } from '../html.ts'
import { messagePage } from '../pages/layout.ts'
import { redirect, sendPage } from '../send-page.ts'
import type { Visitor } from '../visitor.ts'
import { createSeal } from './seal.ts'

export interface SignInDoor {
  readonly visitorOf: (req: IncomingMessage) => Visitor | null
  /** `/sign-in`, the way back from GitHub, and `/sign-out`, the only thing that can be sent here. */
  readonly routes: WebHandler
}

const SESSION_MS = 8 * 3_600_000
/** For the way to GitHub and back. */
const ON_THE_WAY_MS = 10 * 60_000

const SESSION = z.object({ id: z.number().int(), login: z.string(), until: z.number() })
const ON_THE_WAY = z.object({ state: z.string(), verifier: z.string(), next: z.string(), until: z.number() })

/**
 * Signing in with GitHub. The session is a sealed cookie, so that every process with a web half knows it and a restart
 * forgets nobody; it holds who somebody is, and no token.
 *
 * @param publicUrl as people's browsers know this service; cookies are for https alone where it is https
 */
export function createSignInDoor(o: {
  readonly publicUrl: string
  readonly secret: string
  readonly signIn: SignIn
  readonly assets: Assets
  readonly onError: (error: unknown) => void
}): SignInDoor {
  const seal = createSeal(o.secret)
  const { origin, protocol } = new URL(o.publicUrl)
  const isSecure = protocol === 'https:'
  const names = isSecure ? { session: '__Host-session', way: '__Host-sign-in' } : { session: 'session', way: 'sign-in' }
  const callback = `${o.publicUrl}/sign-in/callback`
  const cookie = (name: string, value: string, ms: number): string =>
    `${name}=${value}; Path=/; Max-Age=${Math.round(ms / 1_000)}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`

  const read = <T extends { readonly until: number }>(
    req: IncomingMessage,
    name: string,
    form: z.ZodType<T>,
  ): T | null => {
    const value = cookieOf(req, name)
    const found = value === null ? null : form.safeParse(seal.open(name, value))
    return found?.success && found.data.until > Date.now() ? found.data : null
  }

  const say = (title: string, words: Piece) =>
    messagePage({ title, visitor: null, style: o.assets.style, script: o.assets.script }, words)

  const begin: WebHandler = async (req, res) => {
    const next = safePath(new URL(req.url ?? '/', 'http://localhost').searchParams.get('next'))
    const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(48).toString('base64url')]
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const way = seal.close(names.way, { state, verifier, next, until: Date.now() + ON_THE_WAY_MS })
    return redirect(res, o.signIn.address(state, callback, challenge), [cookie(names.way, way, ON_THE_WAY_MS)])
  }

  const back: WebHandler = async (req, res) => {
    const query = new URL(req.url ?? '/', 'http://localhost').searchParams
    const way = read(req, names.way, ON_THE_WAY)
    const code = query.get('code') ?? ''
    // The state is bound to this browser by its cookie: nobody can sign somebody else in as themselves.
    if (way === null || way.state !== query.get('state') || !/^[\w.-]{1,400}$/.test(code))
      return sendPage(
        res,
        400,
        say(
          'Not signed in',
          html`<p>This sign-in was not begun here, or too long ago.</p><p><a href="/sign-in">Sign in with GitHub</a></p>`,
        ),
      )
    try {
      const { id, login } = await o.signIn.accountOf(code, callback, way.verifier)
      const session = seal.close(names.session, { id, login, until: Date.now() + SESSION_MS })
      return redirect(res, way.next, [cookie(names.session, session, SESSION_MS), cookie(names.way, '', 0)])
    } catch (error) {
      o.onError(error)
      return sendPage(
        res,
        502,
        say('Not signed in', html`<p>GitHub did not say who you are.</p><p><a href="/sign-in">Try again</a></p>`),
      )
    }
  }

  return {
    visitorOf: (req) => {
      const session = read(req, names.session, SESSION)
      return session === null ? null : { kind: 'person', id: session.id, login: session.login }
    },
    routes: async (req, res) => {
      const path = pathOf(req)
      if (path === '/sign-in') return refusesWrites(req, res) || begin(req, res)
      if (path === '/sign-in/callback') return refusesWrites(req, res) || back(req, res)
      if (path !== '/sign-out') return false
      if (req.method !== 'POST') return redirect(res, '/tasks')
      // Sent by a page of ours: browsers tell where a form came from, and let no page say it for another one.
      if (req.headers.origin !== origin) return answerText(res, 403, 'this was not sent from here')
      res.setHeader('connection', 'close')
      const words = html`<p>Signed out.</p><p><a href="/tasks">Sign in again</a></p>`
      res.setHeader('set-cookie', cookie(names.session, '', 0))
      return sendPage(res, 200, say('Signed out', words))
    },
  }
}

function cookieOf(req: IncomingMessage, name: string): string | null {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]
    if (key === name && value !== '') return value
  }
  return null
}

/** A page of ours and nothing else: never another host. */
function safePath(path: string | null): string {
  return path !== null && /^\/tasks(?:[/?][\w./?=&%#+-]{0,500})?$/.test(path) && !path.includes('//') ? path : '/tasks'
}
