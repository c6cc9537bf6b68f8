import type { SteppedState } from '../../task/states.ts'
import { archive } from '../steps/archive.ts'
import { clarify } from '../steps/clarify.ts'
import { classifyTask } from '../steps/classify.ts'
import { execute } from '../steps/execute.ts'
import { intake } from '../steps/intake.ts'
import { planTask } from '../steps/plan.ts'
import { prepareWorkspace } from '../steps/prepare-workspace.ts'
import { report } from '../steps/report.ts'
import { review } from '../steps/review.ts'
import { route } from '../steps/route.ts'
import { verify } from '../steps/verify.ts'
import type { Step } from './step.ts'

/** The flow chart: a state without a step does not compile. */
export const STEPS = {
  INTAKE: intake,
  CLASSIFY: classifyTask,
  ROUTE: route,
  CLARIFY: clarify,
  PLAN: planTask,
  PREPARE_WORKSPACE: prepareWorkspace,
  EXECUTE: execute,
  REVIEW: review,
  VERIFY: verify,
  REPORT: report,
  ARCHIVE: archive,
} as const satisfies Record<SteppedState, Step>
