import { z } from 'zod'
import type { VerifyCommand } from '../task/plan.ts'
import { duration, line, listOf, money, named, script, section, size, wholeNumber, yesOrNo } from './fields.ts'
import { type ActorRule, AUTOMATION_LEVELS, MERGE_POLICIES, RESULT_PLACES, RULE_COMMANDS } from './settings.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const DEFAULT_VERIFY_TIMEOUT = 10 * MINUTE
const CI_HINT = 'must be auto, or a list of 1 to 50 names of checks'

export const backendName = named(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
  'a name of a backend: letters, digits, dot, dash, underscore',
)
const skillName = named(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name of a skill: lower-case letters, digits, dashes')
/** No leading `!`: a negated glob would protect everything else, which nobody means. */
const glob = named(
  /^(?![!/])(?!.*(?:^|\/)\.\.(?:\/|$))[^\p{Cc}\p{Cf}\\]{1,200}$/u,
  'a glob such as infra/**, relative to the root of the repository, without a leading ! or / and without ..',
)
/** Plain names, none of which begins with a dot: what a repository's own machinery reads stands in folders that do. */
const folder = named(
  /^(?=.{1,100}$)[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/,
  'a folder of the repository such as docs/research, without a dot at the beginning of a name',
)
/** GitHub allows 50 characters; the rest is for `:rigorous` and the like. A comma would part labels in queries. */
const labelName = named(
  /^(?=\S)[^\p{Cc}\p{Cf},]{1,32}(?<=\S)$/u,
  'a name of a label, 1 to 32 characters, without a comma',
)
const backends = listOf(backendName, 20).min(1, 'must name at least one backend').optional()

const verifyCommand = section({
  name: line(60),
  run: script(4_000),
  timeout: duration(1_000, 6 * HOUR).optional(),
  required: yesOrNo.optional(),
}).transform(
  ({ name, run, timeout, required }): VerifyCommand => ({
    name,
    run,
    timeoutMs: timeout ?? DEFAULT_VERIFY_TIMEOUT,
    required: required ?? true,
  }),
)

const login = named(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/, 'a login of GitHub, without @')
const actorRule = section({
  actors: listOf(login, 100).optional(),
  except: listOf(login, 100).optional(),
  commands: listOf(z.enum(RULE_COMMANDS), RULE_COMMANDS.length).optional(),
  paths: listOf(glob, 100).optional(),
  decide: z.enum(['refuse', 'approve']),
  required: wholeNumber(1, 10).optional(),
})
  .refine(
    ({ commands, decide, paths }) => !commands?.includes('approve') || (decide === 'refuse' && !paths?.length),
    'can only refuse where it is about approve, and not by paths',
  )
  .transform(
    ({ actors, except, commands, paths, decide, required }): ActorRule => ({
      actors: actors ?? [],
      except: except ?? [],
      commands: commands ?? [],
      paths: paths ?? [],
      decide,
      required: required ?? 1,
    }),
  )

/** An empty list would say that nothing must pass; leaving the key out has the commands detected. */
const verify = listOf(verifyCommand, 20)
  .min(1, 'must have at least one command; leave the key out to have them detected')
  .refine(
    (list) => new Set(list.map((c) => c.name)).size === list.length,
    'must have a different name for each command',
  )

/** The keys that a repository may set (marked r in SPEC 12.3); the operator may set them, too. */
export const REPOSITORY_SHAPE = {
  automation: z.enum(AUTOMATION_LEVELS).optional(),
  prefer: section({
    reasoning: backends,
    coding: backends,
    review: backends,
    shell: backends,
    research: backends,
    document: backends,
    mcp: backends,
  }).optional(),
  verify: verify.optional(),
  setup: script(4_000).optional(),
  protected: listOf(glob, 100).optional(),
  approvals: section({
    required: wholeNumber(1, 10).optional(),
    requesterCounts: yesOrNo.optional(),
    expires: duration(5 * MINUTE, 90 * DAY).optional(),
  })
    .transform(({ expires, ...rest }) => ({ ...rest, expiresMs: expires }))
    .optional(),
  rules: listOf(actorRule, 50).optional(),
  headers: listOf(
    section({ paths: listOf(glob, 100).min(1, 'must name at least one path'), text: line(200) }),
    20,
  ).optional(),
  merge: z.enum(MERGE_POLICIES).optional(),
  ci: section({
    wait: duration(0, DAY).optional(),
    required: z
      .union([z.literal('auto'), z.array(line(100)).min(1, CI_HINT).max(50, CI_HINT)], { error: CI_HINT })
      .optional(),
  })
    .transform(({ wait, ...rest }) => ({ ...rest, waitMs: wait }))
    .optional(),
  limits: section({
    budget: money(10_000).optional(),
    time: duration(1_000, DAY).optional(),
    files: wholeNumber(1, 10_000).optional(),
    bytes: size(100_000_000).optional(),
    repairs: wholeNumber(0, 20).optional(),
    followUps: wholeNumber(0, 50).optional(),
    parallel: wholeNumber(1, 16).optional(),
  })
    .transform(({ budget, time, ...rest }) => ({ ...rest, budgetUsd: budget, timeMs: time }))
    .optional(),
  commands: section({ aliases: yesOrNo.optional() }).optional(),
  labels: section({ trigger: labelName.optional(), states: yesOrNo.optional() }).optional(),
  results: section({ as: z.enum(RESULT_PLACES).optional(), folder: folder.optional() }).optional(),
  skills: section({ allow: listOf(skillName, 100).optional() }).optional(),
} as const

export const repositorySchema = section(REPOSITORY_SHAPE)
