/** What the first line of a text says beyond its words: tags, and where the leading verb stands. */
export interface FirstLine {
  /** `[Bug]`, `fix(scope)!:`, `Feature request:` and the scope before a colon, as labels read. */
  readonly tags: readonly string[]
  /** The line without tags, scope, greeting and politeness: here a leading verb stands first. */
  readonly lead: string
}

const MAX_LINE = 400

export function firstLine(text: string): FirstLine {
  const line = (text.split('\n', 20).find((l) => l.trim() !== '' && !l.startsWith('#')) ?? '')
    .trim()
    .slice(0, MAX_LINE)
    .replace(EMOJI, '')
  const { tags, rest } = withoutTags(line)
  const { scope, rest: bare } = withoutScope(rest)
  let lead = bare
  for (let i = 0; i < 5; i++) {
    const next = lead.replace(PREAMBLE, '')
    if (next === lead) break
    lead = next
  }
  return { tags: scope === null ? tags : [...tags, labelWord(scope)], lead }
}

const EMOJI = /^(?:[\p{Extended_Pictographic}•]|:[a-z_]{2,30}:| ){1,12}/u

const PREAMBLE =
  /^(?:please|pls|kindly|hey|hi|hello|hi all|hi there|ok|okay|so|now|just|also|then|first|let's|lets|let us|(?:can|could|would|will) (?:you|someone|somebody|we)|(?:i|we)(?: would|'d)? (?:really )?(?:want|need|like|have)(?: you)? to|(?:we|you) (?:must|should) (?!we)|(?:it would be )?(?:nice|great|good|useful|helpful) to|need to|todo|consider|try to|help(?: me| us)? to|your task is to|the task is to|go ahead and|-|\*|\d{1,3}[.)])[,:!]? /i

const BRACKET = /^(?:\[([^\]\n]{1,40})\]|【([^】\n]{1,40})】|\(([a-z ]{2,30})\)) ?[:-]? ?/i
const CONVENTIONAL =
  /^(fix|feat|feature|docs?|refactor|perf|tests?|chore|ci|build|style|revert|deps|hotfix|ops|infra|research|spike|data|security)(?:\(([^)\n]{1,40})\))?(!?) ?: ?/i
const WORD_PREFIX =
  /^(bug(?: report)?|possible bug|feature(?: request| proposal| idea)?|new feature|fr|rfe|enhancement(?: request)?|improvement|idea|suggestion|request|question|documentation|docs?|typo|rfc|rfd|adr|proposal for discussion|proposal|discussion|decision|poll|task|q|epic|user story|story|spike|poc|investigation|tech debt|cleanup|incident|outage|regression)(?: ?#?\d{1,4})? ?(?::|\||–|—|(?<= )-) ?/i

/** `[Bug] x`, `fix(scope)!: x`, `Feature request: x` → the tag words and the rest. A breaking mark is a tag too. */
function withoutTags(line: string): { tags: readonly string[]; rest: string } {
  const tags: string[] = []
  let rest = line
  for (let i = 0; i < 4; i++) {
    const bracket = BRACKET.exec(rest)
    const found = bracket ?? CONVENTIONAL.exec(rest) ?? WORD_PREFIX.exec(rest)
    if (found === null) break
    tags.push(labelWord(found[1] ?? found[2] ?? found[3] ?? ''))
    if (bracket === null && found[3] === '!') tags.push('breaking')
    rest = rest.slice(found[0].length).replace(EMOJI, '')
  }
  return { tags: tags.filter((t) => t !== ''), rest }
}

/** `rpc: allow …`, `Diff Editor: don't …` name a place. An order before a colon is an order. */
const SCOPE = /^((?:[\w.`/@#&+$*,-]{1,30} ){0,3}[\w.`/@#&+$*()-]{1,40}): (?=\S)/
const ORDER =
  /^(?:unify|consolidate|simplify|extract|split|decouple|untangle|rewrite|port|introduce|improve|increase|consider|expose|show|hide|store|sort|handle|prevent|avoid|stop|speed|compare|evaluate|investigate|research|explore|analy[sz]e|spike|draft|translate|clarify|explain|list|summari[sz]e|choose|decide|should|merge|normali[sz]e|aggregate|extract|deduplicate|scale|restore|renew|order|refund|pay|buy|cancel|enforce|cache|automate|schedule|get|let|do|don't|never|allow|build|bump|change|check|clean|clear|close|convert|create|delete|deploy|disable|document|drop|enable|erase|fix|give|grant|implement|install|make|merge|migrate|move|publish|purge|push|refactor|release|remove|rename|replace|reset|restart|revoke|rotate|run|send|set|share|support|transfer|update|upgrade|use|wipe|write|error|exception|cannot|can't|failed|how|why|what|please)\b/i

function withoutScope(line: string): { scope: string | null; rest: string } {
  const found = SCOPE.exec(line)
  if (found === null || ORDER.test(line)) return { scope: null, rest: line }
  return { scope: found[1] ?? '', rest: line.slice(found[0].length) }
}

/** `type: bug`, `kind/bug`, `T-bug`, `🐛 Bug` → `bug`. */
export function labelWord(label: string): string {
  const last = label.slice(0, 100).toLowerCase().split(/[:/]/).at(-1) ?? ''
  return last
    .replace(/[^a-z0-9 _-]/g, '')
    .trim()
    .replace(/^[a-z]-/, '')
    .replace(/[_-]/g, ' ')
    .slice(0, 50)
}
