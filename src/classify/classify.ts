import type { ResultPlace } from '../settings/settings.ts'
import { changesFiles } from '../task/changes-files.ts'
import type { SkillMatch } from '../task/skill.ts'
import type { Classification, Complexity, Mode, Risk, TaskType } from '../task/task.ts'
import { COMPLEXITIES, isCodeType, RISKS } from '../task/task.ts'
import { calibrated } from './calibration.ts'
import { withoutClaims } from './claims.ts'
import { deliveryOf, targetIn } from './delivery.ts'
import { strongestOf } from './explain.ts'
import { isRead } from './language.ts'
import { DANGERS, LANGUAGES } from './languages.ts'
import type { Match } from './match-signals.ts'
import { matchSignals } from './match-signals.ts'
import { modeFor } from './mode.ts'
import { capabilitiesFor, touchesFiles, workflowOf } from './needs.ts'
import { confidenceShift, decideType, scoreTypes } from './score.ts'
import { tasksIn } from './several.ts'
import { SIGNALS } from './signals.ts'
import { sizeOf } from './size.ts'
import { chooseSkill, skillVotes } from './skill-match.ts'
import type { ReadText } from './text.ts'
import { readText } from './text.ts'

export interface ClassifyInput {
  readonly title: string
  readonly body: string
  /** What the command asked for; empty: title and body are the request. */
  readonly request: string
  readonly labels: readonly string[]
  readonly isPullRequest: boolean
  readonly repositoryPrivate: boolean
  /** The mode that was asked for. */
  readonly mode: Mode | null
  /** The skill pack that was asked for. */
  readonly skillName: string | null
  /** What a person has answered when asked what it is. */
  readonly told?: TaskType | null
  /** Which of several tasks was chosen, or that it is one: then no list is looked for. */
  readonly isOne?: boolean
  /** Where results in words go if the request does not say; absent: in the thread. */
  readonly results?: ResultPlace
  /** The backend that was asked for carries out calls of tools and nothing else: then that is what the request is. */
  readonly callsTool?: true
  readonly skills: readonly SkillMatch[]
}

/** At most so many signals are kept: enough to explain, bounded for the row and the comment. */
const MAX_SIGNALS = 40

/** Of other languages the signals know a few words. */
const IN_OTHER_LANGUAGES = 0.85
const NOT_READ = 0.3

/** An issue that says something, and no word of which is known, most often wants a change; it is unsure, and asked. */
const ANY_ISSUE_SCORE = 0.9
const WORDS_OF_A_SENTENCE = 8
const WORDS_OF_A_TITLE = 4

/** One word of a language that writes words apart says nearly nothing, whichever it is: it is asked. */
const ONE_WORD = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d\p{P}\p{S}]{1,60}$/u
const SAID_IN_ONE_WORD = 0.3

/** What a person says in so many words weighs more than any word that a rule found. */
const TOLD_SCORE = 6

/**
 * Snapshot → type, risk, complexity, mode, capabilities and confidence, with the signals that made them (SPEC 3).
 * Deterministic and pure; reads at most the first 20,000 characters; never throws on any text.
 */
export function classify(input: ClassifyInput): Classification {
  const rest = withoutClaims(input)
  const found = judge(input, rest === null ? 'low' : judge(rest, 'low').risk)
  return input.callsTool === true ? asToolCall(found, input.mode) : found
}

/**
 * Whatever the words of a call are about ("search login bug"), it is an operation that acts outside: never of low risk,
 * one job in every mode, and nobody's question what kind of work it is.
 */
function asToolCall(
  { rival: _, several: __, delivery: ___, ...found }: Classification,
  mode: Mode | null,
): Classification {
  return {
    ...found,
    type: 'ops_automation',
    workflow: 'ops',
    capabilities: ['mcp'],
    risk: highest(RISKS, ['medium', found.risk]),
    mode: mode ?? 'standard',
    confidence: 1,
    signals: [{ name: 'calls_tool', matched: '', effect: 'type ops_automation' }],
    skill: null,
  }
}

/** @param atLeast what the risk is, whatever is found */
function judge(input: ClassifyInput, atLeast: Risk): Classification {
  const read = readText(input)
  const foreign = !read.language.isEnglish
  const matches = matchSignals([...SIGNALS, ...(foreign ? LANGUAGES : DANGERS)], read.sources)
  const subject = {
    text: [input.request, input.title, input.body].join('\n').slice(0, 20_000).toLowerCase(),
    labels: input.labels.map((label) => label.toLowerCase()),
    paths: read.paths,
  }
  const votes = skillVotes(input.skills, subject, input.skillName)

  const scores = scoreTypes(matches)
  for (const { type, add } of votes) scores.set(type, (scores.get(type) ?? 0) + add)
  if (input.isPullRequest) scores.set('code_change', (scores.get('code_change') ?? 0) + 0.5)
  const told = input.told ?? null
  if (told !== null) scores.set(told, (scores.get(told) ?? 0) + TOLD_SCORE)
  if (isAboutSomething(read, matches)) scores.set('code_change', (scores.get('code_change') ?? 0) + ANY_ISSUE_SCORE)
  const { type, strength, rival } = decideType(scores, confidenceShift(matches))
  const isShort = told === null && input.skillName === null && ONE_WORD.test(read.wanted)
  const confidence = Math.min(
    calibrated(strength * (isRead(read.language) ? (foreign ? IN_OTHER_LANGUAGES : 1) : NOT_READ)),
    isShort ? SAID_IN_ONE_WORD : 1,
  )

  const several = input.isOne === true || told !== null ? [] : tasksIn(read.listed)
  const target = targetIn(read.wanted)
  const onFiles = touchesFiles(type, matches, read.paths, target)
  const delivery = deliveryOf(type, onFiles, {
    matches,
    wanted: read.wanted,
    settings: input.results ?? 'comment',
  })
  const size = sizeOf(read.wanted)
  const complexity = highest(COMPLEXITIES, [
    size.complexity,
    ...matches.flatMap((m) => (m.quoted ? [] : (m.rule.effect.complexity ?? []))),
  ])
  const unread = read.cut || !isRead(read.language)
  const risk = riskOf(type, matches, { codeSize: isCodeType(type) ? complexity : 'small', unread, atLeast })
  const skill = chooseSkill(input.skills, subject, {
    askedFor: input.skillName,
    type,
    workflow: workflowOf(type, onFiles),
  })
  const capabilities = capabilitiesFor(type, onFiles, skill)
  return {
    type,
    risk,
    complexity,
    mode: modeFor({
      type,
      risk,
      changesFiles: changesFiles({ type, capabilities, ...delivery }),
      repositoryPrivate: input.repositoryPrivate,
      complexity,
      requested: input.mode,
    }),
    workflow: skill?.workflow ?? workflowOf(type, onFiles),
    capabilities,
    confidence,
    ...(rival === null ? {} : { rival }),
    ...(several.length === 0 ? {} : { several }),
    ...delivery,
    signals: [
      ...(told === null ? [] : [{ name: 'person_said', matched: '', effect: `type ${told} +${TOLD_SCORE}` }]),
      ...(foreign ? [{ name: 'other_language', matched: read.language.code, effect: 'less confidence' }] : []),
      ...(isShort ? [{ name: 'one_word', matched: read.wanted, effect: 'less confidence' }] : []),
      ...strongestOf(matches),
      ...size.signals,
      ...votes.map((v) => v.signal),
    ].slice(0, MAX_SIGNALS),
    skill: skill?.name ?? null,
  }
}

function isAboutSomething({ wanted, language }: ReadText, matches: readonly Match[]): boolean {
  const title = !wanted.includes('\n') && wanted.split(/\s/, 5).length >= WORDS_OF_A_TITLE && language.stopWords >= 1
  const sentence = wanted.split(/\s/, WORDS_OF_A_SENTENCE + 1).length >= WORDS_OF_A_SENTENCE && language.stopWords >= 2
  return (title || sentence) && language.isEnglish && !matches.some((m) => m.rule.name === 'vague' && m.weight >= 0.5)
}

const ANSWERING: readonly TaskType[] = ['research', 'decision_support', 'general_assistant', 'writing']
const ACTING: readonly TaskType[] = ['ops_automation', 'data_transformation', 'unknown']

/** The highest risk that any signal sets. What acts by itself or runs unattended starts at medium, unless it only reads. */
function riskOf(
  type: TaskType,
  matches: readonly Match[],
  { codeSize, unread, atLeast }: { codeSize: Complexity; unread: boolean; atLeast: Risk },
): Risk {
  const acting = ACTING.includes(type)
  const readOnly = matches.some((m) => m.rule.effect.readOnly === true)
  const contained = matches.some((m) => m.rule.effect.contained === true)
  const outside = type === 'ops_automation' && !readOnly && !contained
  const unattended = type === 'workflow_automation' || (type === 'ops_automation' && !readOnly)
  const base: Risk = outside ? 'high' : unattended || codeSize === 'large' || unread ? 'medium' : 'low'
  const found = matches.flatMap(({ rule, riskCap }) => {
    const { risk, riskIfActing } = rule.effect
    // A sensitive area is a risk where it is changed; an answer about it changes nothing.
    const isArea = (rule.where === 'prose' || rule.where === 'title') && risk !== 'high'
    if (isArea && ANSWERING.includes(type)) return []
    const raised = acting ? (riskIfActing ?? risk) : risk
    if (raised === undefined) return []
    // A cap is for code tasks that quote; an instruction to the agent is hostile wherever it stands.
    return acting || rule.name === 'instructs_the_agent' ? [raised] : [lower(raised, riskCap)]
  })
  const risk = highest(RISKS, [base, atLeast, ...found])
  const raised = matches.some((m) => m.rule.effect.raises === true)
  return raised ? (RISKS[RISKS.indexOf(risk) + 1] ?? 'high') : risk
}

function highest<T extends string>(order: readonly [T, ...T[]] | readonly T[], values: readonly T[]): T {
  return values.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a))
}

const lower = (a: Risk, b: Risk): Risk => (RISKS.indexOf(a) < RISKS.indexOf(b) ? a : b)
