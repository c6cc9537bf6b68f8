import { Octokit } from '@octokit/rest'
import type { OperatingError } from '../task/errors.ts'
import { GitHubError, toFailure, withRetryAt } from './failure.ts'
import { type Limits, readRate } from './limits.ts'

export interface RequestRules {
  /** Without a slash at the end. */
  readonly apiUrl: string
  readonly redact: (text: string) => string
  readonly timeoutMs: number
  /** Called for every request that is sent, with its route: `GET /repos/{owner}/{repo}`. */
  readonly count: (route: string) => void
  readonly warn: (message: string) => void
  /** Called when GitHub answered that the repository is found under another name now; the request followed it there. */
  readonly moved: (repositoryId: number) => void
}

/**
 * Gives the `authorization` header of the next try; null = none.
 * @param rejected the header that GitHub has just answered with 401: another one is wanted, the same one means "there is none"
 */
export type Authorize = (rejected: string | null) => Promise<string | null>

type Options = Parameters<Octokit['request']['endpoint']['parse']>[0]
interface Answer {
  readonly status: number
  readonly headers: Readonly<Partial<Record<'location' | 'content-type' | 'content-length', string | undefined>>>
  readonly data: unknown
}
type Send = (options: Options) => Promise<Answer>

const MAX_REDIRECTS = 2
const NOT_SENT = new Set(['method', 'url', 'baseUrl', 'headers', 'mediaType', 'request'])

/** The limits of whom a client sends for; null = of nobody in particular. */
export interface Limited {
  readonly limits: Limits
  readonly installationId: number
}

/**
 * An Octokit whose every request goes through the same gate: its texts are redacted, it is counted, it has a time
 * limit, a token that GitHub no longer takes is replaced once, and what goes wrong becomes an OperatingError. It never
 * repeats a request by itself otherwise, and never waits: that is the outbox's. A request with `givesLocation` wants to
 * know where a redirect leads, and goes there itself, without a token.
 *
 * @param repositoryId where a redirect must lead to; null = redirects are not followed
 * @param limited once GitHub has told of a rate limit, no request of the installation leaves before it is over
 */
export function createOctokit(
  rules: RequestRules,
  authorize: Authorize,
  repositoryId: number | null,
  limited: Limited | null = null,
): Octokit {
  const ignore = (): void => undefined
  const log = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (message: string) => rules.warn(rules.redact(message)),
  }
  // A strategy's hook is the innermost one: the only place that can hand on other options than it was given.
  const octokit: Octokit = new Octokit({
    baseUrl: rules.apiUrl,
    userAgent: 'autopilot-supervisor',
    log,
    request: { redirect: 'manual', log },
    authStrategy: () => Object.assign(async () => ({ type: 'gate' }), { hook: gate }),
  })

  async function gate(send: Send, given: Options): Promise<Answer> {
    let options = redactParameters(given, rules.redact)
    const route = `${options.method} ${options.url}`
    const action = `${options.method} ${new URL(octokit.request.endpoint.parse(options).url).pathname}`
    let redirects = 0
    let rejected: string | null = null
    await holdBack(limited, action)
    try {
      for (let authorization = await authorize(null); ; ) {
        rules.count(route)
        if (options.method !== 'GET' && options.method !== 'HEAD') await limited?.limits.wrote(limited.installationId)
        try {
          const answer = await sendOnce(send, options, authorization, rules.timeoutMs)
          const rate = limited?.limits.told ? readRate({ ...answer.headers }) : null
          if (rate) await limited?.limits.told?.(limited.installationId, rate)
          if (answer.status < 300 || (answer.status === 302 && given.request?.['givesLocation'] === true)) return answer
          const target = redirectTarget(answer.headers.location, rules.apiUrl, repositoryId, action)
          redirects += 1
          if (redirects > MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`)
          options = retarget(options, target)
          if (repositoryId !== null && redirects === 1) rules.moved(repositoryId)
        } catch (error) {
          if ((error as { status?: unknown }).status !== 401 || authorization === null || rejected !== null) throw error
          rejected = authorization
          authorization = await authorize(rejected)
          if (authorization === rejected) throw error
        }
      }
    } catch (error) {
      throw await tellLimits(limited, toFailure(error, action))
    }
  }
  return octokit
}

/** A limit, or an overloaded server that named a time, is everybody's who sends for the installation. */
async function tellLimits(limited: Limited | null, failure: OperatingError): Promise<OperatingError> {
  if (limited === null || !(failure instanceof GitHubError) || failure.retryAt === null) return failure
  const told = failure.isTimeTold ? failure.retryAt : null
  // A database that is away must not hide what GitHub said.
  const until = await limited.limits.hold(limited.installationId, told).catch(() => null)
  return until !== null && until > failure.retryAt ? withRetryAt(failure, until) : failure
}

/** Rejects while the installation may send nothing. */
export async function holdBack(limited: Limited | null, action: string): Promise<void> {
  const until = (await limited?.limits.heldUntil(limited.installationId)) ?? null
  if (until === null || until.getTime() <= Date.now()) return
  throw new GitHubError(
    { failureClass: 'transient', reasonCode: 'github_rate_limited' },
    `${action} was not sent: GitHub's rate limit holds until ${until.toISOString()}`,
    { status: null, retryAt: until },
  )
}

async function sendOnce(
  send: Send,
  options: Options,
  authorization: string | null,
  timeoutMs: number,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const headers = { ...options.headers, ...(authorization === null ? {} : { authorization }) }
  const answer = await send({ ...options, headers, request: { ...options.request, signal } })
  if (answer.status >= 300 || isWhole(answer)) return answer
  throw new Error(signal.aborted ? `no whole answer within ${timeoutMs} ms` : 'the answer was not whole')
}

/** A body that breaks off in the middle is an empty text for Octokit, not an error; and a proxy may send a page of HTML. */
function isWhole({ status, headers, data }: Answer): boolean {
  if (typeof data !== 'string' || status === 204 || status === 205 || headers['content-length'] === '0') return true
  return data !== '' && !/html/.test(headers['content-type'] ?? '')
}

/** What is put into the address stays as it is: names, numbers. All other texts, however deep, pass through redaction. */
function redactParameters(options: Options, redact: (text: string) => string): Options {
  const inAddress = parametersOf(options.url)
  const entries = Object.entries(options).map(([key, value]) => [
    key,
    NOT_SENT.has(key) || inAddress.includes(key) ? value : redactDeep(value, redact),
  ])
  return { ...options, ...Object.fromEntries(entries) }
}

function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((entry) => redactDeep(entry, redact))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, redactDeep(entry, redact)]))
}

const parametersOf = (url = ''): string[] => [...url.matchAll(/\{[?&+]?(\w+)\}/g)].map((match) => match[1] ?? '')

/**
 * A renamed repository answers with a redirect to `/repositories/<id>/…`. It is followed on the same server and into the
 * same repository only; a transferred issue would lead into another one.
 */
function redirectTarget(
  location: string | undefined,
  apiUrl: string,
  repositoryId: number | null,
  action: string,
): string {
  const target = location !== undefined && URL.canParse(location, `${apiUrl}/`) ? new URL(location, `${apiUrl}/`) : null
  const base = new URL(apiUrl)
  const path = target?.pathname.slice(base.pathname.replace(/\/$/, '').length)
  const id = /^\/repositories\/(\d+)(?:\/|$)/.exec(path ?? '')?.[1]
  if (target?.origin === base.origin && repositoryId !== null && Number(id) === repositoryId) {
    return `${target.origin}${target.pathname}`
  }
  throw new GitHubError(
    { failureClass: 'configuration', reasonCode: 'repository_gone' },
    `GitHub answered ${action} with a redirect out of the repository: it was moved or transferred`,
    { status: 301 },
  )
}

/** Method and body stay; what stood in the old address must not become a parameter of the new one. */
function retarget(options: Options, url: string): Options {
  const used = parametersOf(options.url)
  return { ...options, ...Object.fromEntries(used.map((name) => [name, undefined])), url }
}
