import type { Risk } from '../task/task.ts'
import type { SignalRule } from './rule.ts'
import type { Source } from './text.ts'

/** A signal that was found: the rule, where it counts most, and the highest risk that it may set. */
export interface Match {
  readonly rule: SignalRule
  /** At most 80 characters on one line; untrusted. */
  readonly matched: string
  readonly weight: number
  readonly riskCap: Risk
  /** In a text that is not the request itself, where code may quote what nobody wants done. */
  readonly quoted: boolean
}

/** Tries look no further than this for a match that is not negated: a bound on work, and enough for people's texts. */
const MAX_TRIES = 50

/** Every rule against every source that it reads; for each rule and source the first match that is not negated. */
export function matchSignals(rules: readonly SignalRule[], sources: readonly Source[]): readonly Match[] {
  const matches: Match[] = []
  for (const rule of rules)
    for (const source of sources) {
      const text = textFor(rule, source)
      if (text === null || text === '' || cannotMatch(rule, source)) continue
      const match = firstMatch(rule, source, text)
      if (match !== null) matches.push(match)
    }
  return matches
}

function cannotMatch({ starts }: SignalRule, source: Source): boolean {
  if (starts === null) return false
  for (const start of starts) if (source.starts.has(start)) return false
  return true
}

/** Logs and quoted code say less than prose. */
const shareOf = ({ name }: Source): number => (name === 'evidence' || name === 'code' ? 0.8 : 1)

/** A request's first line is read as a title is. */
const MAX_TITLE = 300

function textFor(rule: SignalRule, source: Source): string | null {
  switch (rule.where) {
    case 'lead':
      return source.lead
    case 'title':
      if (source.name === 'title') return source.text
      return source.name === 'request' ? (source.text.split('\n', 1)[0] ?? '').slice(0, MAX_TITLE) : null
    case 'heading':
      return source.name === 'heading' ? source.text : null
    case 'tag':
      return source.name === 'label' ? source.text : null
    case 'action':
      // A heading that a form could have may still be an order in disguise.
      return isProse(source) || source.name === 'heading' ? source.text : null
    case 'prose':
      // Steps, logs and versions are read for danger only: what they say of the kind of work, their headings say.
      return isProse(source) || (source.name === 'evidence' && negatable(rule) && rule.effect.raises !== true)
        ? source.text
        : null
    case 'raw':
      return source.name === 'label' || source.name === 'heading' ? null : source.text
  }
}

const PROSE: readonly Source['name'][] = ['request', 'title', 'opening', 'body']
const isProse = (source: Source): boolean => PROSE.includes(source.name)

function firstMatch(rule: SignalRule, source: Source, text: string): Match | null {
  // The pattern keeps its own place (matchAll would copy the pattern for each text).
  const { pattern } = rule
  pattern.lastIndex = 0
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = pattern.exec(text)
    if (found === null) break
    if (found[0] === '') pattern.lastIndex++
    // Enough of what stands before to see a negation or the end of a clause.
    const before = text.slice(Math.max(0, found.index - 60), found.index)
    if (negatable(rule) && NEGATED.test(before)) continue
    if (rule.where === 'action' && (!startsClause(before) || DESCRIBED.test(before))) continue
    const listed = rule.where === 'action' && CRUD.test(before)
    return {
      rule,
      matched: oneLine(found[0]),
      weight: source.weight * shareOf(source),
      riskCap: listed && source.riskCap === 'high' ? 'medium' : source.riskCap,
      quoted: source.name === 'evidence' || source.name === 'code',
    }
  }
  return null
}

/**
 * The words right before a match that turn it round. Only a closed list of fillers may stand between, so that
 * "do not forget to delete" and "don't wait, delete" stay what they are.
 */
const NEGATED =
  /(?:\b(?:do not|don't|does not|doesn't|never|without|must not|mustn't|should not|shouldn't|shall not|may not|cannot|can't|can not|could not|couldn't|won't|will not|unable to|fails? to|failed to|avoid|no need to|not|instead of|rather than|no|isn't|not allowed to)(?: (?:to|ever|actually|also|just|be|any|by|having|the|all|anything in|touch(?:ing)?|chang(?:e|ing)|modify(?:ing)?|edit(?:ing)?|break(?:ing)?|deploy(?:ing)?|push(?:ing)?|publish(?:ing)?|\w{1,20} (?:or|nor))){0,3}|\bnon-) ?$/i

/** "when I delete", "after you deploy": a tale, not an order. */
const DESCRIBED =
  /\b(?:when|whenever|if|after|before|while|once|how|how (?:can|do|could|should|would|does|to)) (?:i|you|we|they|users?|someone|a user|the user|one|people|to)(?: (?:try|tries|want|wants) to)? $/i

/** "create, update and delete": a list of what a feature can do. */
const CRUD = /\b(?:create|read|update|edit|list|view|get|insert|rename|add|modify|move|copy),? (?:(?:and|or|\/) )?$/i

const CLAUSE =
  /(?:^|[.;:,!?\n(\]] ?|(?:^|[.;:,!?\n(] ?)(?:next|first|finally),?|(?:^|[\s(])(?:and|then|please|also|now|just|or|afterwards|always|only|let's|must|shall|(?:can|could|would|will|should) (?:you|we|i)|(?:i|we|you)(?: (?:must|should|will)|'ll)|(?:want|wants|need|needs|have|like|going|try|sure|you|us|is|forget|has) to|it's time to|immediately|quickly|-|\*|\d{1,3}[.)]|\[[ x]\]) )$/i

const startsClause = (before: string): boolean => CLAUSE.test(before)

/** "should not crash" still tells of a crash: only what would raise the risk or widen the work can be taken back. */
const negatable = ({ where, effect }: SignalRule): boolean =>
  where === 'action' ||
  effect.raises === true ||
  effect.delivers !== undefined ||
  effect.risk !== undefined ||
  effect.riskIfActing !== undefined ||
  effect.files === true

const oneLine = (text: string): string => text.replace(/\s/g, ' ').slice(0, 80).toWellFormed()
