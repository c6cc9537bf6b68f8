import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'vitest'
import { story } from '../support/story.ts'
import type { World } from '../support/world.ts'

const MEGABYTE = 1024 * 1024

story('broken webhooks get the right answer, and leave what they should', {}, async (w) => {
  const { gh, repo } = w
  const { number } = await gh.as('maintainer').issue(repo, 'add() subtracts')
  await w.settled()
  gh.dropDeliveries = 1
  await gh.as('maintainer').comment(repo, number, '/supervise fix add() in src/add.js')
  await gh.settle()
  // Taken out of GitHub's log, so that nobody asks for it again before it is told here.
  const command = gh.deliveries.pop()?.body ?? ''
  expect(command).toContain('/supervise fix')
  const before = await ids(w)

  const none = { 'x-hub-signature-256': '' }
  const refused: readonly (readonly [string, number, Record<string, string>])[] = [
    ['no signature', 401, none],
    ['a wrong signature', 401, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['a signature that is none', 401, { 'x-hub-signature-256': 'sha256=' }],
    ['the old kind of signature', 401, { ...none, 'x-hub-signature': `sha1=${sign(w, command, 'sha1')}` }],
    ['the signature of something else', 401, { 'x-hub-signature-256': `sha256=${sign(w, `${command} `)}` }],
    ['no delivery id', 400, { 'x-github-delivery': '' }],
    ['a hostile delivery id', 400, { 'x-github-delivery': "1'; drop table deliveries; --" }],
    ['a path as delivery id', 400, { 'x-github-delivery': '../../../etc/passwd' }],
    ['a delivery id without end', 400, { 'x-github-delivery': 'a'.repeat(4_000) }],
    ['a hostile event', 400, { 'x-github-event': 'issue_comment/../../x' }],
    ['a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
  ]
  for (const [what, status, headers] of refused) expect(await post(w, command, headers), what).toBe(status)
  expect(await post(w, Buffer.from([0x7b, 0xff, 0xfe, 0x00])), 'bytes that are no text').toBe(401)
  expect(await post(w, Buffer.alloc(26 * MEGABYTE, ' ')), '26 MB').toBe(413)
  expect(await cutOff(w, command), 'less than was announced').not.toBe(202)
  expect((await fetch(w.url)).status, 'GET').toBe(405)
  expect(await ids(w), 'nothing of that was stored').toEqual(before)

  const odd: readonly (readonly [string, string, string, string])[] = [
    ['not-json', 'issue_comment', 'delivery_malformed', '{"action": "created", '],
    ['null', 'issue_comment', 'delivery_malformed', 'null'],
    ['list', 'issue_comment', 'delivery_malformed', `[${command}]`],
    ['deep', 'issue_comment', 'delivery_malformed', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['shapeless', 'issue_comment', 'delivery_malformed', '{"action": "created", "comment": {"body": 7}}'],
    ['unknown', 'never_heard_of', 'event_not_handled', '{"action": "created"}'],
  ]
  for (const [id, event, , body] of odd) {
    expect(await post(w, body, { 'x-github-delivery': id, 'x-github-event': event }), id).toBe(202)
  }
  await w.settled()
  for (const [id, , reason] of odd) {
    expect(await w.query('select reason_code from deliveries where id = $1', [id]), id).toEqual([
      { reason_code: reason },
    ])
  }
  expect(await w.query('select id from tasks')).toEqual([])

  const twice = { 'x-github-delivery': 'the-real-one' }
  expect([await post(w, command, twice), await post(w, command, twice)]).toEqual([202, 202])
  await w.reaches('review')
  expect(await w.query('select id from tasks')).toHaveLength(1)
})

const sign = (w: World, body: string | Buffer, kind = 'sha256'): string =>
  createHmac(kind, w.gh.app.webhookSecret).update(body).digest('hex')

const headersFor = (w: World, body: string | Buffer): Record<string, string> => ({
  'content-type': 'application/json',
  'x-github-event': 'issue_comment',
  'x-github-delivery': 'sent-by-hand',
  'x-hub-signature-256': `sha256=${sign(w, body)}`,
})

/** @returns the status, 0 where the connection was cut without one */
function post(w: World, body: string | Buffer, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(w.url, { method: 'POST', headers: { ...headersFor(w, body), ...headers } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}

/** Announces the whole, sends half of it and hangs up. @returns the status, 0 where there was none */
function cutOff(w: World, body: string): Promise<number> {
  const { hostname, port, pathname } = new URL(w.url)
  const headers = { host: hostname, ...headersFor(w, body), 'content-length': String(Buffer.byteLength(body)) }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => {
      socket.end(`POST ${pathname} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body.slice(0, body.length / 2)}`)
    })
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('error', () => resolve(0))
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
  })
}

async function ids(w: World): Promise<string[]> {
  return (await w.query<{ id: string }>('select id from deliveries order by id')).map(({ id }) => id)
}
