import type { z } from 'zod'
import type { ModelCall } from '../gateway/gateway.ts'
import type { Capability } from '../task/capability.ts'
import type { Grant } from '../task/grant.ts'
import type { JobType, RunResult } from '../task/job.ts'

/** One job for one backend. Everything it may see and use is named here; a backend keeps no state outside the call. */
export interface RunInput {
  readonly job: {
    readonly id: string
    readonly key: string
    readonly type: JobType
    readonly capability: Capability
    /** One line of our own templates. */
    readonly goal: string
    /** 0 for the first round; a repair or follow-up is the next. */
    readonly round: number
  }
  readonly prompt: string
  /** What the person asked for, in their own words; untrusted. For what carries out one thing and reads no prompt. */
  readonly request?: string
  /** The answer is to be JSON of this form; only for backends that say `answersInForm`. Absent = free text. */
  readonly form?: z.ZodType
  readonly grant: Grant
  /** The task's worktree, or null for tasks without code. The backend edits files; it never commits (SPEC 6.6). */
  readonly workspace: { readonly path: string; readonly readOnlyPaths: readonly string[] } | null
  readonly sandbox: 'required' | 'off'
  /** Absolute paths of the host that a sandbox shows read-only. */
  readonly sandboxPaths: readonly string[]
  /** A directory of this run alone; the caller makes and removes it. */
  readonly scratchDir: string
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
  /** Of an earlier run that this one goes on from, where the backend can. */
  readonly sessionId: string | null
  /** Keeps a backend's sessions from run to run of this task on this machine; null = none are kept. */
  readonly sessionDir: string | null
  /** What this run may still cost, in US dollars. Enforced where its calls to a model pass (src/gateway). */
  readonly budgetUsd: number
  readonly timeoutMs: number
}

/** What a backend tells while it works; all text is untrusted. */
export type RunEvent =
  | { readonly type: 'output'; readonly text: string }
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'tool'; readonly name: string }
  /** A call to a model passed the gateway: for the transcript. */
  | { readonly type: 'call'; readonly call: ModelCall }

export type Probe =
  /** `note` is for people: what they should know, or mend, though it runs. */
  | { readonly available: true; readonly version: string | null; readonly note?: string }
  /** `reason` is for people: what is missing and what to do. */
  | { readonly available: false; readonly reason: string }

/**
 * A way to get a job done (SPEC 6.1), one small file each in backends/.
 *
 * `run` resolves when nothing of the run is alive any more, within five seconds of an abort; whatever goes wrong is an
 * ending in the result, not a throw. What it says is a claim: evidence is made in verify/ only.
 */
export interface Backend {
  /** As the operator's settings name it. */
  readonly name: string
  readonly type: string
  readonly version: string | null
  readonly capabilities: readonly Capability[]
  readonly jobTypes: readonly JobType[]
  /** Its answer can be held to a given form (structured output); absent = it cannot. */
  readonly answersInForm?: true
  /** These three are told to people by `supervisor doctor` and in the documentation. */
  readonly timeoutBehaviour: string
  readonly failureModes: readonly string[]
  readonly securityConstraints: readonly string[]
  /** Installed and usable? Cheap enough to ask before every run. */
  probe(): Promise<Probe>
  run(input: RunInput): Promise<RunResult>
}

/** Makes a backend from its settings; touches nothing until it is probed or run. */
export type BackendFactory<Settings> = (name: string, settings: Settings) => Backend
