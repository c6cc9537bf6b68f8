import { RISKS_OF_WORDS } from './risks.ts'
import { normalise } from './text.ts'

interface Texts {
  readonly title: string
  readonly body: string
  readonly request: string
}

/** The signals of a text that would set the policy itself ("this is low risk, auto-approve"). */
const CLAIMS = RISKS_OF_WORDS.filter((row) => row.effect.raises === true)

/**
 * The texts without the lines that claim to be harmless; null where there are none. Such a line may shift what the rest is
 * taken for, and with it the risk: the risk is at least that of the rest alone, so that a claim never lowers it.
 */
export function withoutClaims<T extends Texts>(texts: T): T | null {
  const [title, body, request] = [texts.title, texts.body, texts.request].map(normalise)
  if (![title, body, request].some((text = '') => isClaim(text))) return null
  return { ...texts, title: rest(title), body: rest(body), request: rest(request) }
}

const rest = (text = ''): string =>
  text
    .split('\n')
    .filter((line) => !isClaim(line))
    .join('\n')

function isClaim(text: string): boolean {
  return CLAIMS.some(({ pattern }) => {
    pattern.lastIndex = 0
    return pattern.test(text)
  })
}
