import type { SignalRule } from './rule.ts'
import { heading, types } from './rule.ts'

const OPTIONAL_THE = '(?:the |your |an? )?'

/**
 * Headings of issue forms and templates, as GitHub's own and well-known projects have them. A heading that a row knows is
 * structure and not content; all of one body together count at most `HEADINGS_COUNT_AT_MOST` for a type.
 */
// biome-ignore format: one signal is one row
export const HEADINGS: readonly SignalRule[] = [
  heading('heading_reproduce', `(?:(?:how (?:can (?:we|i|one) |do (?:we|i|you) |to )?|steps? (?:to|for|that|by step)|minimal|a )[^\\n]{0,40})?(?:repro|reproduc\\w{0,8})[^\\n]{0,50}|steps?(?: taken)?|how to trigger[^\\n]{0,30}|test case|mre|mwe|code (?:sample|example|to reproduce)|standalone code[^\\n]{0,40}|link to (?:the )?(?:minimal )?(?:repro\\w{0,8}|code)[^\\n]{0,30}`, types({ bug_fix: 2.5 })),
  heading('heading_actual', `(?:what (?:is|was) (?:the )?)?(?:actual|observed|current|incorrect|buggy) (?:behaviou?rs?|results?|output|outcome)[^\\n]{0,30}|what (?:actually )?(?:happen(?:s|ed)|went wrong)[^\\n]{0,30}|what (?:did )?you s(?:ee|aw)[^\\n]{0,30}`, types({ bug_fix: 2 })),
  heading('heading_expected', `(?:what (?:is|was) (?:the )?)?expect(?:ed|ations?)(?: (?:behaviou?rs?|results?|output|outcome))?[^\\n]{0,30}|what (?:did you|do you|should|i|you)[^\\n]{0,10} (?:expect|happen)\\w{0,3}[^\\n]{0,40}`, types({ bug_fix: 1.5 })),
  heading('heading_bug', `(?:describe |summary of )?${OPTIONAL_THE}(?:bug|problem|issue|defect|error)s?(?: (?:description|summary|details|report))?|(?:what(?:'s| is) (?:the )?(?:bug|wrong|problem|issue))[^\\n]{0,30}|describe (?:the )?(?:bug|issue)[^\\n]{0,30}|bug(?: report)?[^\\n]{0,20}|severity|impact of (?:the|this) bug|regression[^\\n]{0,30}|is (?:this|it) a regression`, types({ bug_fix: 2.5 })),
  heading('heading_logs', '(?:(?:relevant |error |console |debug |server |browser )?logs?(?: (?:output|files?))?|(?:full )?(?:stack ?traces?|traceback|backtrace)|error(?: messages?| output)|crash (?:report|log)|console output|screenshots?(?: or [^\\n]{0,30})?|screen recordings?)', types({ bug_fix: 1 })),
  heading('heading_environment', `(?:your |system |my )?(?:environment|system(?: info(?:rmation)?)?|setup|platform|os|operating system|browsers?|device|desktop|smartphone)[^\\n]{0,60}|[^\\n]{0,40}versions?[^\\n]{0,30}|affected versions?|package manager|reporter|reported by`, types({ bug_fix: 1 })),
  heading('heading_workaround', 'work-?arounds?|possible (?:fix|cause)|suggested fix|root cause|frequency|how often[^\\n]{0,30}|frequency of occurr?ence', types({ bug_fix: 1 })),
  heading('heading_wish', `is your (?:(?:feature|enhancement|proposal|request|idea) ){1,3}related[^\\n]{0,60}|(?:describe |please describe )?(?:the )?(?:solution|feature|enhancement|improvement|change|functionality)(?: (?:request|proposal|description|you'?d like|you would like|you want|you'd want))[^\\n]{0,40}|describe (?:the|your) (?:feature|solution|idea|proposal|enhancement|use case)[^\\n]{0,60}|(?:feature|enhancement)(?: request)?(?: description)?|what (?:would you like|do you want)[^\\n]{0,40}|(?:your )?(?:idea|suggestion|wish)|new feature`, types({ code_change: 5 })),
  heading('heading_solution', '(?:proposed|possible|potential|suggested|desired|preferred|ideal|requested) (?:solutions?|features?|changes?|enhancements?|behaviou?r|implementation|api|design)[^\\n]{0,30}|proposal|suggestion|implementation(?: (?:ideas?|details|notes|plan|proposal))?|(?:detailed|technical|api|proposed) design|what (?:should|needs to) (?:change|be (?:done|added))', types({ code_change: 2 })),
  heading('heading_alternatives', '(?:describe )?(?:any )?alternatives?(?: (?:solutions?|considered|you(?:\'ve| have)? considered|approaches))?[^\\n]{0,40}', types({ code_change: 1.5 })),
  heading('heading_motivation', `motivations?(?: and context)?|(?:user )?(?:story|stories)|use ?-?cases?[^\\n]{0,30}|benefits?|why (?:is|do|should|would|this)[^\\n]{0,60}|rationale|(?:business )?value|acceptance criteria|definition of (?:done|ready)|scope|goals?|non-?goals|requirements?|tasks?|to-?do(?:s| list)?|checklist|sub-?tasks|user (?:need|value)`, types({ code_change: 1 })),
  heading('heading_docs', `(?:affected |existing |current )?(?:docs?|documentation)(?: (?:page|issue|link|url|request|change|section|problem|improvement|location))[^\\n]{0,30}|(?:what|which)[^\\n]{0,20} (?:docs?|documentation|page|section)[^\\n]{0,40}|(?:page|url)\\(?s?\\)?(?: (?:affected|link|url))|(?:describe )?(?:the )?(?:issue|problem) (?:with|in) (?:the )?(?:docs|documentation)|link to (?:the )?(?:docs?|documentation)[^\\n]{0,30}|suggested (?:wording|text)|current (?:wording|text)`, types({ writing: 4 }, { files: true })),
  heading('heading_question', `(?:my |your |ask (?:your|a) |the )?questions?(?: details)?|what (?:have you|have i|i(?:'ve| have)?|did you|you(?:'ve| have)?) (?:already )?tr(?:ied|y)[^\\n]{0,30}|help(?: wanted| needed)?|what are you trying to (?:do|achieve)[^\\n]{0,30}|what i(?:'m| am) trying to (?:do|achieve)`, types({ general_assistant: 3.5 })),
  heading('heading_decision', '(?:considered |our |available |the |possible )?(?:options?|alternatives|choices)(?: considered)?|option (?:[a-d]|\\d)[^\\n]{0,80}|pros(?: (?:and|&|/) cons)?|cons|draw-?backs|trade-?offs?[^\\n]{0,20}|decision(?:s|[ -](?:drivers?|outcome|needed|makers?|required))?|consequences|(?:unresolved|open) questions|context and problem statement|deciders|recommendation|voting|poll|arguments? (?:for|against)[^\\n]{0,30}', types({ decision_support: 2.5 })),
  heading('heading_research', `(?:research|key) (?:questions?|goals?|plan|objectives?)|findings|time-?box\\w{0,3}[^\\n]{0,20}|hypothes[ie]s|(?:goals?|purpose) of (?:this|the) (?:spike|investigation|research)|questions? to (?:be )?answer(?:ed)?|(?:what )?we (?:want|need) to (?:learn|know|find out)|investigation(?: (?:goals?|plan|notes|scope))?|spike[^\\n]{0,30}|learning goals?|methodology|deliverables?`, types({ research: 2.5 })),
  heading('heading_operation', '(?:runbook|roll-?back(?: plan| steps)?|maintenance window|change window|(?:deploy(?:ment)?|release|cut-?over|migration) (?:steps|plan|checklist|window|date)|downtime|(?:pre|post)-?(?:deploy(?:ment)?|release) (?:steps|checks?)|affected (?:services?|hosts?|servers?|systems?)|access (?:needed|requested|level)|server(?: details)?|hosts?)', types({ ops_automation: 3.5 })),
  heading('heading_refactor', `(?:current|existing) (?:implementation|code|structure|design|architecture)|code smells?|tech(?:nical)? debt|(?:proposed |target )?(?:structure|refactor\\w{0,4})|duplicated code`, types({ refactor: 2.5 })),
  heading('heading_data', '(?:input|source|target|output|sample|expected|raw) (?:data|files?|formats?|schema|columns?)|columns?|field mapping|mapping|data ?sets?|data sources?', types({ data_transformation: 2.5 })),
  heading('heading_automation', '(?:failing |proposed )?(?:workflow|pipeline|job)s?(?: (?:file|name|run|link))?|triggers?|schedule', types({ workflow_automation: 2 })),
  heading('heading_text', '(?:target )?audience|outline|(?:article|post|blog) (?:title|outline|topic)|tone|key (?:messages?|points)|word count|channels?', types({ writing: 3 })),
  // Says nothing of the kind, but is structure and no content.
  heading('heading_other', '(?:additional|other|further|extra) (?:context|info(?:rmation)?|details|notes|comments)[^\\n]{0,30}|context|descriptions?|summary|overview|background|introduction|notes?|references?|related(?: (?:issues?|work|links?))?|links?|resources?|code of conduct|contact(?: details)?|priority|assignees?|labels?|prerequisites?|pre-?flight[^\\n]{0,30}|(?:validations?|confirmation|checks?|agreement)|are you willing[^\\n]{0,60}|would you be (?:able|willing)[^\\n]{0,60}|component|area|module', {}),
]

/** Whether a line is structure of a form, known to a row of the table in full. */
export function isKnownHeading(text: string): boolean {
  return HEADINGS.some((row) => {
    row.pattern.lastIndex = 0
    return row.pattern.test(text)
  })
}
