import { correct } from './correct.ts'
import type { Identity } from './emulator.ts'
import { ApiFailure } from './failure.ts'
import { asJson, parseJson, textAt } from './json.ts'
import type { Answer, Call } from './route.ts'
import { botLogin, type World } from './world.ts'

/** The emulator's answer, corrected. */
export async function answerOfEmulator(world: World, call: Call): Promise<Answer> {
  const search = call.query.size > 0 ? `?${call.query}` : ''
  const as =
    call.caller.kind === 'installation'
      ? call.caller.identity
      : call.caller.kind === 'user'
        ? identityNamed(world, call.caller.login)
        : `Bearer ${call.caller.token}`
  const answer = await world.emulator.call(as, call.method, call.path + search, call.body, call.accept)
  const link = answer.headers.get('link')
  const headers: Record<string, string> = link === null ? {} : { link }
  const type = answer.headers.get('content-type') ?? ''
  if (/json/.test(type) || answer.body.length === 0) {
    const json = answer.body.length === 0 ? undefined : parseJson(answer.body.toString('utf8'))
    return { status: answer.status, body: await correct(world, json), headers }
  }
  headers['content-type'] = /\braw\b/.test(call.accept) ? 'application/vnd.github.raw+json; charset=utf-8' : type
  return { status: answer.status, body: answer.body, headers }
}

/** A call of the loopback GitHub itself, as the owner or as somebody named; rejects unless it succeeds. */
export async function ask(
  world: World,
  method: string,
  path: string,
  body?: unknown,
  login = world.owner,
): Promise<unknown> {
  const answer = await world.emulator.call(identityNamed(world, login), method, path, body)
  const json = answer.body.length === 0 ? null : parseJson(answer.body.toString('utf8'))
  if (answer.status >= 300) {
    throw new ApiFailure(answer.status, `${method} ${path}: ${answer.status} ${textAt(asJson(json), 'message')}`)
  }
  return correct(world, json)
}

/** The App's bot acts as its installation: as a user it would have no access. */
function identityNamed(world: World, login: string): Identity {
  const { users } = world.emulator.rows
  const scopes = ['repo', 'user', 'admin:org', 'admin:repo_hook']
  if (login !== botLogin(world.app.slug)) return { login, id: users.findOneBy('login', login)?.id ?? 0, scopes }
  const accountId = users.findOneBy('login', world.owner)?.id ?? 0
  const installation = {
    installationId: world.app.installationId,
    appId: world.app.id,
    accountId,
    accountType: 'User',
    permissions: { contents: 'write', issues: 'write', pull_requests: 'write', checks: 'write' },
    repositoryIds: [],
    repositorySelection: 'all',
  }
  return { login: world.owner, id: accountId, scopes, installation }
}
