import { setTimeout as sleep } from 'node:timers/promises'
import type { ReasoningBackendSettings } from '../../settings/settings.ts'
import type { Ending, JobType, RunResult } from '../../task/job.ts'
import type { BackendFactory, Probe, RunInput } from '../backend.ts'
import { askModel, type ModelAnswer } from '../model/ask-model.ts'
import { connectModel, missingIn } from '../model/connect.ts'
import { blankResult } from '../run-result.ts'

/** What text alone can do. It is no executor of code: it has no tools, sees no files and writes none. */
const JOB_TYPE_LIST: readonly JobType[] = ['planner', 'executor', 'reviewer', 'research', 'document']

/** Longest wait for one answer; below the five minutes after which Node gives a silent connection up. */
const ANSWER_MS = 290_000
const ATTEMPTS = 2
const PAUSE_MS = 1_000
/** Room for a report of some 5,000 words; a small form needs less and gets no more. */
const TEXT_TOKENS = 8_000
const FORM_TOKENS = 6_000

/**
 * A model behind a provider's API, asked in this process: text in, text out, or an object of a given form (SPEC 6.1).
 * The key is taken from the environment variable that the operator names, and is handed to the provider alone.
 */
export const reasoning =
  (environment: Readonly<Record<string, string | undefined>>): BackendFactory<ReasoningBackendSettings> =>
  (name, settings) => ({
    name,
    type: settings.type,
    version: settings.model,
    capabilities: settings.capabilities,
    jobTypes: JOB_TYPE_LIST,
    answersInForm: true,
    timeoutBehaviour: 'the request is broken off; an answer has at most 290 seconds',
    failureModes: [
      'the provider is down, refuses the key or the model, or answers with something else: one more try, then a failure',
      'HTTP 429 is a limit of the provider, not a failure of the task',
      `an answer that does not end within ${TEXT_TOKENS} tokens is none`,
    ],
    securityConstraints: [
      'no tools, no files, no network but the one address of the settings; redirects are not followed',
      'the key stays in this process and stands in no prompt, result or log',
    ],
    probe: async () => probe(name, settings, environment[settings.apiKeyEnv]),
    run: (input) => run(settings, environment[settings.apiKeyEnv] ?? '', input),
  })

function probe(name: string, settings: ReasoningBackendSettings, key: string | undefined): Probe {
  const missing = missingIn(settings)
  if (missing !== null) return { available: false, reason: `the backend "${name}": ${missing}` }
  if (key === undefined || key === '')
    return {
      available: false,
      reason: `the backend "${name}" takes its key from ${settings.apiKeyEnv}, which is not set: set it where the supervisor is started`,
    }
  return { available: true, version: settings.model }
}

async function run(settings: ReasoningBackendSettings, key: string, input: RunInput): Promise<RunResult> {
  const begun = performance.now()
  const ends = begun + input.timeoutMs
  const model = connectModel(settings, key)
  const schema = input.form ?? null
  let tokensIn = 0
  let tokensOut = 0
  let answer: ModelAnswer = { kind: 'stopped', tokensIn, tokensOut }
  const errors: string[] = []
  for (let attempt = 1; attempt <= ATTEMPTS && !input.signal.aborted; attempt++) {
    const leftMs = Math.min(ANSWER_MS, ends - performance.now())
    if (leftMs <= 0) break
    answer = await askModel({
      model,
      prompt: input.prompt,
      schema,
      maxOutputTokens: Math.min(schema === null ? TEXT_TOKENS : FORM_TOKENS, input.grant.tokens ?? TEXT_TOKENS),
      signal: AbortSignal.any([input.signal, AbortSignal.timeout(Math.ceil(leftMs))]),
    })
    tokensIn += answer.tokensIn
    tokensOut += answer.tokensOut
    if ('error' in answer) errors.push(withoutKey(answer.error, key))
    if (!isWorthAnother(answer) || attempt === ATTEMPTS) break
    if (answer.kind !== 'malformed') await pause(Math.min(PAUSE_MS, ends - performance.now()), input.signal)
  }
  const ended = input.signal.aborted ? 'cancelled' : ENDINGS[answer.kind]
  const facts = { isolation: 'in_process' as const, durationMs: Math.round(performance.now() - begun) }
  const text = 'text' in answer ? withoutKey(answer.text, key) : ''
  if (ended === 'completed') input.emit({ type: 'message', text })
  return {
    ...blankResult(ended, facts),
    summary: text,
    log: text === '' ? errors.join('\n') : text,
    errors: ended === 'completed' ? [] : [...errors, ...(CAUSES[answer.kind] ?? [])],
    tokensIn,
    tokensOut,
  }
}

const isWorthAnother = ({ kind }: ModelAnswer): boolean =>
  kind === 'malformed' || kind === 'transient' || kind === 'limited'

const ENDINGS: Record<ModelAnswer['kind'], Ending> = {
  answered: 'completed',
  cut: 'output_limit',
  malformed: 'failed',
  limited: 'quota_limit',
  transient: 'transient',
  refused: 'unavailable',
  stopped: 'timeout',
}

const CAUSES: Partial<Record<ModelAnswer['kind'], readonly string[]>> = {
  cut: [`stopped: the answer was not finished within ${TEXT_TOKENS} tokens`],
  stopped: ['stopped: the provider had not answered in time'],
}

/** A provider that quotes the request in its error must not bring the key into a row, nor a NUL, which Postgres refuses. */
const withoutKey = (text: string, key: string): string =>
  (key === '' ? text : text.replaceAll(key, '[key]')).replaceAll('\0', '\u{fffd}').toWellFormed()

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined)
