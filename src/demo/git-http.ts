import { spawn } from 'node:child_process'
import type { IncomingHttpHeaders } from 'node:http'
import { atLeast, grants, roleOf } from './access.ts'
import type { Caller } from './caller.ts'
import type { RepositoryRow } from './emulator-rows.ts'
import { collect, GIT_ENV } from './git.ts'
import type { Answer } from './route.ts'
import { loginOf, type World } from './world.ts'
import { writeCode } from './write-code.ts'

export interface GitCall {
  readonly method: string
  readonly fullName: string
  readonly service: 'info/refs' | 'git-upload-pack' | 'git-receive-pack'
  /** Without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly caller: Caller
}

/** `/owner/name.git/…` of git's smart HTTP, or null. */
export function gitPath(path: string): Pick<GitCall, 'fullName' | 'service'> | null {
  const [, fullName, service] =
    /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path) ?? []
  if (fullName === undefined || service === undefined) return null
  return { fullName, service: service as GitCall['service'] }
}

/** Git sends the token as the password of HTTP Basic. */
export function gitToken(authorization: string): string {
  const [, basic = ''] = /^Basic (.+)$/i.exec(authorization) ?? []
  return Buffer.from(basic, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:?/, '')
}

/** Serves clone, fetch and push: the token must reach the repository and hold its `contents` permission. */
export async function answerGit(world: World, call: GitCall): Promise<Answer> {
  const { caller } = call
  const isWrite = call.service === 'git-receive-pack' || call.query.includes('service=git-receive-pack')
  const repository = world.emulator.rows.repositories.findOneBy('full_name', call.fullName)
  const mayAsk = caller.kind === 'anonymous' && (isWrite || repository?.private !== false)
  if (mayAsk || caller.kind === 'unknown' || caller.kind === 'app') {
    const headers = { 'www-authenticate': 'Basic realm="GitHub"' }
    return plain(401, 'Invalid username or token. Password authentication is not supported.', headers)
  }
  const id = repository?.id ?? world.losses.renamed.get(call.fullName)
  if (caller.kind === 'installation' && world.losses.standing !== 'active')
    return plain(403, 'This installation has been suspended.')
  if (!repository && id !== undefined) {
    const location = `${world.url}/${world.emulator.rows.repositories.get(id)?.full_name}.git/${call.service}?${call.query}`
    return plain(301, 'Moved Permanently', { location })
  }
  const level = repository ? contentsLevel(world, repository, caller) : null
  if (!repository || level === null) return plain(404, 'Repository not found.')
  if (isWrite && level !== 'write') {
    return plain(403, `Permission to ${call.fullName}.git denied to ${loginOf(world, caller)}.`)
  }
  if (isWrite && repository.archived) return plain(403, 'This repository was archived so it is read-only.')
  if (call.service !== 'git-receive-pack') return runBackend(world, call)
  return writeCode(world, repository, loginOf(world, caller), () => runBackend(world, call))
}

function contentsLevel(world: World, repository: RepositoryRow, caller: Caller): 'read' | 'write' | null {
  const open = repository.private ? null : 'read'
  if (caller.kind === 'installation') {
    if (caller.repositories !== null && !caller.repositories.has(repository.id)) return open
    if (world.losses.taken.has(repository.id)) return open
    const granted = caller.permissions['contents']
    return grants(granted, 'write') ? 'write' : grants(granted, 'read') ? 'read' : open
  }
  if (caller.kind !== 'user') return open
  const role = roleOf(world.emulator.rows, repository, caller.login)
  return atLeast(role, 'write') ? 'write' : atLeast(role, 'read') ? 'read' : null
}

/** `git http-backend` is a CGI program: everything is told in the environment, the answer begins with headers. */
async function runBackend(world: World, call: GitCall): Promise<Answer> {
  const { caller, headers } = call
  const holdsWorkflows =
    caller.kind === 'user' || (caller.kind === 'installation' && grants(caller.permissions['workflows'], 'write'))
  const child = spawn(world.repositories.backend, [], {
    cwd: world.repositories.root,
    env: {
      ...GIT_ENV,
      GIT_PROJECT_ROOT: world.repositories.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${call.fullName}.git/${call.service}`,
      REQUEST_METHOD: call.method,
      QUERY_STRING: call.query,
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: String(call.body.length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_USER: loginOf(world, caller),
      REMOTE_ADDR: '127.0.0.1',
      LOOPBACK_WORKFLOWS: holdsWorkflows ? 'write' : 'none',
    },
  })
  const { stdout, stderr } = await collect(child, call.body)
  const cut = stdout.indexOf('\r\n\r\n')
  if (cut < 0) throw new Error(`git http-backend gave no answer: ${stderr.toString('utf8').slice(0, 300)}`)
  const answered: Record<string, string> = {}
  for (const line of stdout.toString('latin1', 0, cut).split('\r\n')) {
    const colon = line.indexOf(':')
    answered[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const { status = '200', ...rest } = answered
  return { status: Number.parseInt(status, 10), body: stdout.subarray(cut + 4), headers: rest }
}

const plain = (status: number, text: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: Buffer.from(`${text}\n`),
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
})
