import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModel } from 'ai'
import type { ReasoningBackendSettings } from '../../settings/settings.ts'
import { boundedFetch } from './bounded-fetch.ts'

const ANTHROPIC_URL = 'https://api.anthropic.com/v1'

type Provider = Pick<ReasoningBackendSettings, 'provider' | 'model' | 'baseUrl'>

/** What is missing in the settings before a model can be asked; null = nothing. */
export const missingIn = ({ provider, baseUrl }: Provider): string | null =>
  provider === 'openai-compatible' && baseUrl === undefined
    ? 'openai-compatible names a way to speak and no place: set baseUrl, with the /v1 that most servers have'
    : null

/** One row per wire shape. Everything is given explicitly: the libraries would else look into the environment. */
export function connectModel(settings: Provider, apiKey: string): LanguageModel {
  const { provider, model, baseUrl } = settings
  if (provider === 'anthropic')
    return createAnthropic({ baseURL: withVersion(baseUrl ?? ANTHROPIC_URL), apiKey, fetch: boundedFetch })(model)
  return createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl ?? '',
    apiKey,
    fetch: boundedFetch,
    supportsStructuredOutputs: true,
  })(model)
}

/** The vendor's own tools are given the address without `/v1`, the library wants it with. */
const withVersion = (url: string): string => {
  const plain = url.replace(/\/+$/, '')
  return plain.endsWith('/v1') ? plain : `${plain}/v1`
}
