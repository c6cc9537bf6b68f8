import type { Step } from '../work/step.ts'

/**
 * The second opinion (SPEC 8). No backend that reviews is wired yet: the task goes on, and VERIFY records the criterion
 * as not run, which is said in the report and never counted as passed.
 */
export const review: Step = async () => ({ event: 'passed', reasonCode: 'review_not_run' })
