import {
  APICallError,
  type GenerateTextResult,
  generateText,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
} from 'ai'
import type { z } from 'zod'

/** What one question to a model came to. `tokens…` count also where the answer was of no use: they were paid for. */
export type ModelAnswer = ModelTokens &
  (
    | { readonly kind: 'answered'; readonly text: string }
    /** It came to its limit of tokens: what there is, is not the whole. */
    | { readonly kind: 'cut'; readonly text: string }
    /** It says something else than was asked for: no text, or not of the wanted form. */
    | { readonly kind: 'malformed'; readonly error: string }
    | { readonly kind: 'limited' | 'transient' | 'refused'; readonly error: string }
    | { readonly kind: 'stopped' }
  )

export interface ModelTokens {
  readonly tokensIn: number
  readonly tokensOut: number
}

export interface ModelQuestion {
  readonly model: LanguageModel
  readonly prompt: string
  /** The form of the answer; null = free text. */
  readonly schema: z.ZodType | null
  readonly maxOutputTokens: number
  readonly signal: AbortSignal
}

const MAX_ERROR = 500

/** Asks once; never throws. No tools: text goes in, text comes out. */
export async function askModel({
  model,
  prompt,
  schema,
  maxOutputTokens,
  signal,
}: ModelQuestion): Promise<ModelAnswer> {
  // The library would print its warnings, and with them parts of the request, past our redaction.
  globalThis.AI_SDK_LOG_WARNINGS = false
  try {
    const result = await generateText({
      model,
      prompt,
      maxOutputTokens,
      maxRetries: 0,
      abortSignal: signal,
      ...(schema === null ? {} : { output: Output.object({ schema }) }),
    })
    return { ...answerOf(result, schema !== null), ...tokensOf(result.usage) }
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped', ...NO_TOKENS }
    if (NoObjectGeneratedError.isInstance(error))
      return {
        kind: 'malformed',
        error: 'the answer does not have the form that was asked for',
        ...tokensOf(error.usage),
      }
    return { ...failureOf(error), ...NO_TOKENS }
  }
}

type Result = Pick<GenerateTextResult<never, never, never>, 'text' | 'finishReason'> & { readonly output: unknown }

function answerOf(result: Result, structured: boolean) {
  if (result.finishReason === 'length') return { kind: 'cut', text: result.text } as const
  // Reading `output` throws where the answer does not have the form.
  const text = structured ? JSON.stringify(result.output) : result.text
  return text.trim() === ''
    ? ({ kind: 'malformed', error: `the answer is empty (${result.finishReason})` } as const)
    : ({ kind: 'answered', text } as const)
}

const NO_TOKENS: ModelTokens = { tokensIn: 0, tokensOut: 0 }

const tokensOf = (usage: { inputTokens: number | undefined; outputTokens: number | undefined } | undefined) => ({
  tokensIn: usage?.inputTokens ?? 0,
  tokensOut: usage?.outputTokens ?? 0,
})

/** Only status and message are kept: the error itself holds the whole request, and what came back. */
function failureOf(error: unknown): Extract<ModelAnswer, { kind: 'limited' | 'transient' | 'refused' }> {
  const said = error instanceof Error ? error.message : String(error)
  const status = APICallError.isInstance(error) ? error.statusCode : undefined
  const text = `${status === undefined ? '' : `HTTP ${status}: `}${said}`.slice(0, MAX_ERROR)
  const failure = { error: text, ...NO_TOKENS }
  if (status === 429) return { kind: 'limited', ...failure }
  // Without a status nothing was answered: connection refused, broken off, or no JSON at all.
  const passes = status === undefined || status === 408 || status === 409 || status >= 500 || status < 300
  return { kind: passes ? 'transient' : 'refused', ...failure }
}
