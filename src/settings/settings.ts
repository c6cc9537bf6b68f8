import type { Capability } from '../task/capability.ts'
import type { HeaderRule, VerifyCommand } from '../task/plan.ts'

/** Ordered: a later level lets more go on without a person (SPEC 4.2). */
export const AUTOMATION_LEVELS = ['manual', 'cautious', 'balanced', 'full'] as const
export type Automation = (typeof AUTOMATION_LEVELS)[number]

export const MERGE_POLICIES = ['never', 'on_approval'] as const
type MergePolicy = (typeof MERGE_POLICIES)[number]

/** Where results in words go when the request does not say: research, texts, decisions, data. */
export const RESULT_PLACES = ['comment', 'pull_request'] as const
export type ResultPlace = (typeof RESULT_PLACES)[number]

export const RULE_COMMANDS = ['run', 'plan', 'approve'] as const

/** One rule of who × command × paths. Empty lists mean all. It adds a refusal or an approval, and never takes one away. */
export interface ActorRule {
  /** Logins of those whom it is about: requesters, for `approve` approvers. */
  readonly actors: readonly string[]
  /** Logins of those whom it is not about, whoever else is. */
  readonly except: readonly string[]
  readonly commands: readonly (typeof RULE_COMMANDS)[number][]
  /** Globs; it then holds where the change touches one of them. */
  readonly paths: readonly string[]
  readonly decide: 'refuse' | 'approve'
  /** How many people must approve, where it decides so. */
  readonly required: number
}

export interface Limits {
  readonly budgetUsd: number
  readonly timeMs: number
  readonly files: number
  readonly bytes: number
  readonly repairs: number
  readonly followUps: number
  readonly parallel: number
}

/** What holds for one repository, after the operator's file and the repository's were combined (SPEC 12.3). */
export interface Settings {
  readonly automation: Automation
  /** Backends in order of preference; a capability that is not named has no preference. */
  readonly prefer: Readonly<Partial<Record<Capability, readonly string[]>>>
  /** Never empty; null = nobody said what must pass, so it is detected. */
  readonly verify: readonly VerifyCommand[] | null
  readonly setup: string | null
  /** Globs beyond the built-in list. */
  readonly protected: readonly string[]
  readonly approvals: { readonly required: number; readonly requesterCounts: boolean; readonly expiresMs: number }
  /** In addition to everything else. */
  readonly rules: readonly ActorRule[]
  /** What new files must begin with; absent in settings that an earlier version stored. */
  readonly headers?: readonly HeaderRule[]
  readonly merge: MergePolicy
  /**
   * `auto`: whatever CI appears on the commit must be green, and what the branch's rules require must appear.
   * A list adds to that: these checks must appear, too. It never excuses a red one.
   */
  readonly ci: { readonly waitMs: number; readonly required: 'auto' | readonly string[] }
  readonly limits: Limits
  readonly commands: { readonly aliases: boolean }
  /** The lowest `limits.budget` of the files, in US dollars: no flag or command asks for more. Absent = no file says one. */
  readonly budgetCapUsd?: number | undefined
  readonly labels: { readonly trigger: string; readonly states: boolean }
  /** `folder`: where a file goes that was asked for without a path. */
  readonly results: { readonly as: ResultPlace; readonly folder: string }
  readonly skills: { readonly allow: readonly string[] }
}

type Some<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** What a repository's (or its organisation's) file gave, and nothing else: no default is filled in. */
export type RepositorySettings = Some<
  Omit<Settings, 'prefer' | 'approvals' | 'ci' | 'limits' | 'commands' | 'labels' | 'results' | 'skills'>
> & {
  readonly prefer?: Some<Settings['prefer']> | undefined
  readonly approvals?: Some<Settings['approvals']> | undefined
  readonly ci?: Some<Settings['ci']> | undefined
  readonly limits?: Some<Limits> | undefined
  readonly commands?: Some<Settings['commands']> | undefined
  readonly labels?: Some<Settings['labels']> | undefined
  readonly results?: Some<Settings['results']> | undefined
  readonly skills?: Some<Settings['skills']> | undefined
}

type Environment = Readonly<Record<string, string>>
/** Longest silence before a run counts as stalled; absent = the backend's own. */
interface Idle {
  readonly idleMs?: number | undefined
}
type Argv = readonly [string, ...string[]]

export interface ScriptBackendSettings extends Idle {
  readonly type: 'script'
  readonly command: Argv
  readonly capabilities: readonly Capability[]
  readonly env: Environment
}
export interface ShellBackendSettings extends Idle {
  readonly type: 'shell'
  readonly run: string
  readonly capabilities: readonly Capability[]
  readonly env: Environment
}
export interface RecordedBackendSettings {
  readonly type: 'recorded'
  /** Path of the recording, as given. */
  readonly recording: string
  readonly capabilities: readonly Capability[]
}
/** A coding agent's own command line program. */
export interface AgentBackendSettings extends Idle {
  readonly type: 'claude-code' | 'codex' | 'acp'
  /** Of `acp`: what its model speaks, for an agent that we do not know. */
  readonly provider?: 'anthropic' | 'openai-compatible' | undefined
  readonly command: Argv
  readonly capabilities: readonly Capability[]
  readonly env: Environment
  readonly model?: string | undefined
  /** Name of the variable that holds the key; the key itself never stands in a file. */
  readonly apiKeyEnv?: string | undefined
  readonly baseUrl?: string | undefined
  /** Model → what a million tokens cost, in US dollars: for models that our table does not have, or has otherwise. */
  readonly prices?: Readonly<Record<string, TokenPrices>> | undefined
}
export interface TokenPrices {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}
export interface ReasoningBackendSettings {
  readonly type: 'reasoning'
  readonly provider: 'anthropic' | 'openai-compatible'
  readonly model: string
  readonly apiKeyEnv: string
  readonly baseUrl?: string | undefined
  readonly capabilities: readonly Capability[]
}
/** A server of the Model Context Protocol, spoken with over its input and output. */
export interface McpBackendSettings extends Idle {
  readonly type: 'mcp'
  readonly command: Argv
  /** Names of the tools that may be called; all others are as if they were not there. */
  readonly tools: readonly string[]
  readonly env: Environment
  /** Names of our own variables that it is given: its keys. They are redacted wherever they turn up. */
  readonly envFrom: readonly string[]
  /** Hosts that the server may reach, `host` or `host:port`. */
  readonly network: readonly string[]
  readonly capabilities: readonly Capability[]
}
export type BackendSettings =
  | ScriptBackendSettings
  | ShellBackendSettings
  | RecordedBackendSettings
  | AgentBackendSettings
  | ReasoningBackendSettings
  | McpBackendSettings

/** The operator's whole policy: the bounds that no repository, flag or person can widen. Paths stay as given. */
export interface OperatorSettings extends Settings {
  readonly backends: Readonly<Record<string, BackendSettings>>
  readonly sandbox: 'required' | 'off'
  /** Host names; `detected` stands for the registry that this host's npm is set to (verify/registries.ts). */
  readonly network: {
    readonly agent: readonly string[]
    readonly setup: readonly string[]
    readonly verify: readonly string[]
  }
  readonly sandboxPaths: readonly string[]
  /** Owners and owner/repo; empty = the App's owner only. */
  readonly installations: { readonly allow: readonly string[] }
  readonly budgets: {
    readonly taskMaxUsd: number
    readonly repoDayUsd: number
    readonly installationDayUsd: number
    readonly perUserHour: number
  }
  readonly concurrency: number
  readonly dataDir: string
  readonly retention: { readonly workspacesMs: number; readonly artifactsMs: number }
}

/** Something in a settings file that cannot be taken. `message` says what is allowed; `key` and it are bounded text. */
export interface Problem {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Dotted: `limits.budget`, `verify[0].run`; empty = the whole file. */
  readonly key: string
  readonly message: string
}
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }
