import { mustHave, permissionNameOf, roleOf } from '../access.ts'
import { ask } from '../ask-emulator.ts'
import type { RepositoryRow } from '../emulator-rows.ts'
import { ApiFailure, invalid, notFound } from '../failure.ts'
import { changeSettings } from '../ground.ts'
import { asJson, textAt } from '../json.ts'
import { type Answer, type Call, forward, repositoryRoute, route } from '../route.ts'
import { loginOf, userNamed, type World } from '../world.ts'
import { writeCode } from '../write-code.ts'

const WRITE = { permissions: ['contents'], level: 'write', role: 'write' } as const
const READ = { permissions: ['metadata'], level: 'read', role: 'read' } as const

export const repositoryRoutes = [
  route('PATCH', '/repos/([^/]+/[^/]+)', (world, call, fullName = '') =>
    changeSettings(world, fullName, () => forward(world, call)),
  ),
  repositoryRoute('GET', 'collaborators/([^/]+)/permission', (world, call, repository, login = '') => {
    mustHave(world.emulator.rows, repository, call.caller, READ)
    const user = userNamed(world, login)
    const role = roleOf(world.emulator.rows, repository, login)
    return { status: 200, body: { permission: permissionNameOf(role), role_name: role === 'none' ? '' : role, user } }
  }),
  repositoryRoute('GET', 'collaborators/([^/]+)', (world, _call, repository, login = '') => {
    const id = userNamed(world, login).id
    const rows = world.emulator.rows.collaborators.findBy('repo_id', repository.id)
    if (id !== repository.owner_id && !rows.some((row) => row.user_id === id)) throw notFound()
    return { status: 204 }
  }),
  repositoryRoute('GET', 'rules/branches/(.+)', (world, call, repository) => {
    mustHave(world.emulator.rows, repository, call.caller, READ)
    return { status: 200, body: world.rules.get(repository.id) ?? [] }
  }),
  repositoryRoute('GET', 'branches/((?:(?!/protection).)+)', async (world, call, repository) => {
    const answer = await forward(world, call)
    if (answer.status !== 200) return answer
    const branch = asJson(answer.body)
    const sha = textAt(asJson(branch['commit']), 'sha')
    const off = { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } }
    const commit = await ask(world, 'GET', `/repos/${repository.full_name}/commits/${sha}`)
    return { ...answer, body: { protection: off, ...branch, commit } }
  }),
  repositoryRoute('PUT|DELETE', 'contents/(.+)', (world, call, repository, path = '') =>
    changeFile(world, call, repository, path),
  ),
  repositoryRoute('POST', 'git/refs', async (world, call, repository) => {
    const ref = textAt(call.body, 'ref')
    if (!/^refs\/(heads|tags)\/[^-]/.test(ref)) throw invalid('Reference name is invalid')
    if (await world.repositories.resolve(repository.full_name, ref))
      throw new ApiFailure(422, 'Reference already exists')
    return setRef(world, call, repository, ref, textAt(call.body, 'sha'))
  }),
  repositoryRoute('PATCH|DELETE', 'git/refs/(.+)', async (world, call, repository, name = '') => {
    const ref = `refs/${name}`
    const before = await world.repositories.resolve(repository.full_name, ref)
    if (before === null) throw new ApiFailure(422, 'Reference does not exist')
    const after = call.method === 'DELETE' ? null : textAt(call.body, 'sha')
    if (after !== null && call.body['force'] !== true) {
      const base = await world.repositories.git(repository.full_name, ['merge-base', before, after], {
        allow: [1, 128],
      })
      if (base !== before) throw new ApiFailure(422, 'Update is not a fast forward')
    }
    return setRef(world, call, repository, ref, after)
  }),
  // Objects come with pushes only: what the emulator would keep of these, git would not know.
  repositoryRoute(
    'POST|PUT|PATCH',
    '(git/(?:blobs|trees|commits|tags)|merges|pulls/\\d+/update-branch)',
    (world, call) => {
      world.unsupported.push(`${call.method} ${call.path}`)
      throw new ApiFailure(501, 'The loopback GitHub does not do this')
    },
  ),
]

async function setRef(
  world: World,
  call: Call,
  repository: RepositoryRow,
  ref: string,
  sha: string | null,
): Promise<Answer> {
  mustHave(world.emulator.rows, repository, call.caller, WRITE)
  const name = repository.full_name
  if (sha !== null && !(await world.repositories.resolve(name, sha))) throw new ApiFailure(422, 'Object does not exist')
  const args = sha === null ? ['update-ref', '-d', ref] : ['update-ref', ref, sha]
  await writeCode(world, repository, loginOf(world, call.caller), () => world.repositories.git(name, args))
  if (sha === null) return { status: 204 }
  const body = await ask(world, 'GET', `/repos/${name}/git/ref/${ref.slice('refs/'.length)}`)
  return { status: call.method === 'POST' ? 201 : 200, body }
}

/** One commit by the contents API; `sha` is the blob that the caller has seen. */
async function changeFile(world: World, call: Call, repository: RepositoryRow, path: string): Promise<Answer> {
  mustHave(world.emulator.rows, repository, call.caller, WRITE)
  const name = repository.full_name
  const branch = textAt(call.body, 'branch') || repository.default_branch
  const isDeletion = call.method === 'DELETE'
  const isWorkflow = path.startsWith('.github/workflows/')
  if (isWorkflow && call.caller.kind === 'installation' && call.caller.permissions['workflows'] !== 'write') {
    throw new ApiFailure(403, 'Resource not accessible by integration')
  }
  const parent = await world.repositories.resolve(name, `refs/heads/${branch}`)
  if (parent === null) throw new ApiFailure(404, `Branch ${branch} not found`)
  const present = await world.repositories.git(name, ['rev-parse', '-q', '--verify', `${parent}:${path}`], {
    allow: [1, 128],
  })
  if (isDeletion && present === '') throw notFound()
  const seen = textAt(call.body, 'sha')
  if (present !== seen) throw new ApiFailure(seen === '' ? 422 : 409, `${path} does not match ${seen || 'no sha'}`)
  const login = loginOf(world, call.caller)
  const content = Buffer.from(textAt(call.body, 'content'), 'base64').toString('utf8')
  const sha = await writeCode(world, repository, login, () =>
    world.repositories.commit(name, {
      branch,
      parent,
      files: { [path]: isDeletion ? null : content },
      message: textAt(call.body, 'message'),
      author: { name: login, email: `${userNamed(world, login).id}+${login}@users.noreply.github.com` },
    }),
  )
  const file: unknown = isDeletion
    ? null
    : await ask(world, 'GET', `/repos/${name}/contents/${encodePath(path)}?ref=${sha}`)
  const commit = asJson(await ask(world, 'GET', `/repos/${name}/git/commits/${sha}`))
  return { status: present === '' ? 201 : 200, body: { content: file, commit } }
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
