import { mustSee } from './access.ts'
import { answerOfEmulator } from './ask-emulator.ts'
import type { Caller } from './caller.ts'
import type { RepositoryRow } from './emulator-rows.ts'
import type { Json } from './json.ts'
import { repositoryNamed, type World } from './world.ts'

/** One REST call, after the caller has been told apart. */
export interface Call {
  readonly method: string
  /** Still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Json
  readonly accept: string
  readonly caller: Caller
}

export interface Answer {
  readonly status: number
  /** JSON, bytes, or nothing. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What the emulator lacks or gets wrong. Anything else goes to the emulator. */
export interface Route {
  readonly methods: readonly string[]
  readonly pattern: RegExp
  answer(world: World, call: Call, groups: readonly string[]): Promise<Answer> | Answer
}

export function route(
  methods: string,
  path: string,
  answer: (world: World, call: Call, ...groups: string[]) => Promise<Answer> | Answer,
): Route {
  return {
    methods: methods.split('|'),
    pattern: new RegExp(`^${path}$`),
    answer: (world, call, groups) => answer(world, call, ...groups),
  }
}

/** A route below `/repos/owner/name/`. Whoever may not see the repository has been answered 404 before. */
export function repositoryRoute(
  methods: string,
  rest: string,
  answer: (world: World, call: Call, repository: RepositoryRow, ...groups: string[]) => Promise<Answer> | Answer,
): Route {
  return route(methods, `/repos/([^/]+/[^/]+)/${rest}`, (world, call, fullName, ...groups) => {
    const repository = repositoryNamed(world, fullName ?? '')
    mustSee(world.emulator.rows, repository, call.caller, call.method !== 'GET')
    return answer(world, call, repository, ...groups.map((group) => decodeURIComponent(group)))
  })
}

/** The emulator's answer to the call, with another body where one is given. */
export const forward = (world: World, call: Call, body: Json = call.body): Promise<Answer> =>
  answerOfEmulator(world, { ...call, body })

/** One page of a list, with GitHub's Link header. */
export function paged(world: World, call: Call, list: readonly unknown[]): Answer {
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30) || 30))
  const page = Math.max(1, Number(call.query.get('page') ?? 1) || 1)
  const last = Math.max(1, Math.ceil(list.length / size))
  const link = (number: number, rel: string): string => {
    const query = new URLSearchParams(call.query)
    query.set('page', String(number))
    return `<${world.url}${call.path}?${query}>; rel="${rel}"`
  }
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : []
  return {
    status: 200,
    body: list.slice((page - 1) * size, page * size),
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
  }
}
