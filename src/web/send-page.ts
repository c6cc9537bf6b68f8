import type { ServerResponse } from 'node:http'
import { type Html, sent } from './html.ts'

/** Nothing inline, nothing from elsewhere, in nobody's frame: text that slipped through would still run nothing. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** On everything that people's browsers get from here. */
export const SAFE_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: under that one, browsers do not tell where a form was sent from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const

/** A page is for one person and one moment: nothing in between keeps it. */
export function sendPage(res: ServerResponse, status: number, page: Html): true {
  const body = sent(page)
  const headers = {
    ...SAFE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  }
  res.writeHead(status, headers).end(res.req.method === 'HEAD' ? undefined : body)
  return true
}

/** @param to a path of ours, or an address that the caller has made */
export function redirect(res: ServerResponse, to: string, cookies: readonly string[] = []): true {
  res.writeHead(303, { ...SAFE_HEADERS, location: to, 'cache-control': 'no-store', 'set-cookie': [...cookies] }).end()
  return true
}
