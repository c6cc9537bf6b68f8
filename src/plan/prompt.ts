import type { ChangeRequest, LineComment } from '../task/change-request.ts'
import { isInWords, type Plan, type PlannedJob } from '../task/plan.ts'
import type { Snapshot } from '../task/snapshot.ts'
import { asAnswerPrompt, evidenceLines, grantLines, RULES } from './prompt-text.ts'
import type { Skill } from './skills.ts'
import { createUntrusted, type Untrusted } from './untrusted.ts'

export interface PromptInput {
  readonly plan: Plan
  readonly job: PlannedJob
  readonly snapshot: Snapshot
  readonly skill: Skill | null
  /** Random for each run, 8 to 64 letters and digits, so that no text can end its own block. */
  readonly delimiter: string
  /** What the last verification or review found wrong; untrusted. */
  readonly repair: string | null
  /** What people asked for on the pull request, for this round; untrusted. Empty = this is no follow-up. */
  readonly followUp: readonly ChangeRequest[]
  /** Answers to our questions; untrusted. */
  readonly clarifications?: readonly string[]
  /** What the jobs before this one have left; untrusted. */
  readonly earlier?: readonly { readonly name: string; readonly text: string }[]
  /** The patch that a reviewer reads; untrusted. */
  readonly patch?: string
}

/** Longest text of each kind, in characters; what is longer keeps its head and its tail. */
const LIMITS = {
  title: 500,
  body: 20_000,
  request: 12_000,
  comment: 4_000,
  hunk: 4_000,
  lineHunk: 2_000,
  line: 2_000,
  repair: 30_000,
  earlier: 40_000,
  followUp: 12_000,
  patch: 200_000,
} as const
const MAX_COMMENTS = 30
const MAX_REQUESTS = 20
const MAX_LINES = 40

/**
 * The text that a backend gets (SPEC 5.4): role and rules, the skill's rules, the job, the grant and the evidence that
 * will be collected, all in our own words; then everything that came from GitHub, a repository or an agent, each piece
 * in a block that only the random delimiter ends; at last what to print. Throws on a delimiter that is none.
 */
export function buildPrompt(input: PromptInput): string {
  const { plan, job, snapshot, skill, repair, followUp } = input
  const untrusted = createUntrusted(input.delimiter)
  const reviewing = job.type === 'reviewer'
  const onFiles = !isInWords(plan)
  const comments = snapshot.comments.slice(-MAX_COMMENTS)
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Role',
      [reviewing ? RULES.reviewer : onFiles ? RULES.worker : RULES.answerer, ...RULES.always(untrusted.example)],
    ],
    [
      'Rules of the skill',
      skill === null
        ? []
        : [
            untrusted.plain(skill.sections['Operating rules']),
            '',
            'Stop, and say why, when:',
            untrusted.plain(skill.sections['Stop conditions']),
          ],
    ],
    [
      'Job',
      [
        `${job.goal}.`,
        `Task type: ${plan.type}. Risk: ${plan.risk}. Mode: ${plan.mode}.`,
        ...(plan.delivery === undefined
          ? []
          : [
              `The supervisor puts the result into \`${plan.delivery.path}\` itself, and opens a pull request with it.`,
            ]),
        ...(!onFiles ? [] : [`The worktree starts from commit ${plan.baseSha}.`]),
      ],
    ],
    ['What must be true at the end', plan.criteria.map((c) => `- ${c}`)],
    ['What you may do', grantLines(onFiles ? plan.grant : { ...plan.grant, paths: [] }, job.timeoutMs)],
    ['What will be checked, and by whom', evidenceLines(plan)],
    [
      'Material: the issue',
      [
        untrusted.block('title', snapshot.title, LIMITS.title),
        untrusted.block('body', snapshot.body, LIMITS.body),
        ...comments.map((c) => untrusted.block('comment', c.text, LIMITS.comment, c.author.login)),
        ...(snapshot.comments.length > comments.length
          ? [`${snapshot.comments.length - comments.length} earlier comments are left out.`]
          : []),
      ],
    ],
    [
      'Material: the request to carry out',
      [
        ...(snapshot.location === null
          ? []
          : [
              'It was written on this line of the pull request:',
              untrusted.block('place', placeOf(snapshot.location), LIMITS.hunk),
            ]),
        ...(snapshot.request.trim() === ''
          ? ['No request was written: the blocks `title` and `body` above say what is wanted.']
          : [untrusted.block('request', snapshot.request, LIMITS.request)]),
        ...lineBlocks(
          untrusted,
          (snapshot.lines ?? []).map((line) => ({ line })),
        ),
      ],
    ],
    [
      'Material: answers to our questions',
      (input.clarifications ?? []).slice(-10).map((c) => untrusted.block('clarification', c, LIMITS.comment)),
    ],
    [
      'Material: what a person wants changed in the plan',
      plan.changeRequest === null ? [] : [untrusted.block('plan-change', plan.changeRequest, LIMITS.followUp)],
    ],
    [
      'Material: what was thought through and left by the steps before this one',
      (input.earlier ?? []).flatMap(({ name, text }) => [
        `\`${name}\`:`,
        untrusted.block('earlier', text, LIMITS.earlier),
      ]),
    ],
    [
      'Material: what the last verification found',
      repair === null
        ? []
        : [
            onFiles
              ? 'Earlier work is in the worktree already. Mend what is named here; keep the rest.'
              : 'Write the whole result again. Mend what is named here; keep the rest.',
            untrusted.block('findings', repair, LIMITS.repair),
          ],
    ],
    [
      'Material: what a reviewer asks for',
      followUp.length === 0
        ? []
        : [
            onFiles
              ? 'Earlier work is in the worktree already. Do what is asked for here, all of it; keep the rest.'
              : 'Write the whole result again. Do what is asked for here, all of it; keep the rest.',
            ...requestBlocks(untrusted, followUp),
          ],
    ],
    [
      'Material: the change to review',
      input.patch === undefined ? [] : [untrusted.block('patch', input.patch, LIMITS.patch)],
    ],
    [
      'At the end',
      reviewing
        ? RULES.reviewEnd
        : onFiles
          ? RULES.workEnd
          : asAnswerPrompt(skill === null ? null : untrusted.plain(skill.sections.Outputs)),
    ],
  ]
  return `${sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `# ${title}\n\n${lines.join('\n')}`)
    .join('\n\n')}\n`
}

/** What each person asked for, then their comments on lines: of the latest requests, and so many comments in all. */
function requestBlocks(untrusted: Untrusted, requests: readonly ChangeRequest[]): readonly string[] {
  const latest = requests.slice(-MAX_REQUESTS)
  return [
    ...latest
      .filter(({ text }) => text.trim() !== '')
      .map(({ author, text }) => untrusted.block('review', text, LIMITS.followUp, author)),
    ...lineBlocks(
      untrusted,
      latest.flatMap(({ author, lines }) => lines.map((line) => ({ line, author }))),
    ),
  ]
}

/** Each comment after the place that it stands on: the place is background, what the comment says is wanted. */
function lineBlocks(
  untrusted: Untrusted,
  all: readonly { readonly line: LineComment; readonly author?: string }[],
): readonly string[] {
  return [
    ...all
      .slice(0, MAX_LINES)
      .flatMap(({ line, author }) => [
        untrusted.block('place', placeOf(line), LIMITS.lineHunk),
        untrusted.block('review', line.text, LIMITS.line, author),
      ]),
    ...(all.length > MAX_LINES ? [`${all.length - MAX_LINES} more comments on lines are left out.`] : []),
  ]
}

const placeOf = ({ path, line, hunk }: Pick<LineComment, 'path' | 'line' | 'hunk'>): string =>
  `${path.slice(0, 500)}${line === null ? '' : `, line ${line}`}\n${hunk}`
