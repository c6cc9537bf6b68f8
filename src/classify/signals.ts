import type { Complexity, Risk, TaskType } from '../task/task.ts'
import {
  AUTOMATION,
  CODE_NOUNS,
  CREDENTIAL_CODE,
  CREDENTIALS,
  DATA,
  FREE_TEXTS,
  GAP,
  NOT_DESCRIBED,
  OPERATION,
  PHRASE,
  REPOSITORY_DOCS,
  RESOURCES,
} from './vocabulary.ts'

/**
 * The one table of signals (SPEC 3.1): name, where it is looked for, pattern, effect. To teach the classifier
 * something, add a row here and an example to the test.
 *
 * Where: `lead` = at the start of the first line, after politeness and tags (the leading verb says most);
 * `action` = at the start of a clause, as an order; `prose` = anywhere in the text; `raw` = in code and logs too;
 * `tag` = a label, a `[Tag]` or a conventional-commit type. A negated match never counts ("don't delete").
 *
 * Invariant: no pattern has an unbounded repetition, so each is linear in the text (a test reads the sources).
 */
export interface SignalRule {
  readonly name: string
  readonly where: 'lead' | 'action' | 'prose' | 'raw' | 'tag'
  readonly pattern: RegExp
  readonly effect: Effect
}

export interface Effect {
  readonly types?: Readonly<Partial<Record<TaskType, number>>>
  readonly risk?: Risk
  /** Risk where the task acts itself instead of changing code: commands, data, or not known what. */
  readonly riskIfActing?: Risk
  readonly complexity?: Complexity
  readonly confidence?: number
  /** The work is on files of the repository, also where the type alone does not say so. */
  readonly files?: true
  /** The task only reads: an ops task without this is of medium risk at least. */
  readonly readOnly?: true
}

// biome-ignore format: one signal is one row
export const SIGNALS: readonly SignalRule[] = [
  // Tags: labels, [Tag] and conventional-commit types.
  tag('tag_bug', 'bug|bug report|bugfix|fix|hotfix|defect|regression|crash|broken|error', types({ bug_fix: 4 })),
  tag('tag_feature', 'feat|features?|feature request|enhancement|improvement|new feature|perf|performance', types({ code_change: 4 })),
  tag('tag_chore', 'chore|build|tests?|testing|revert|deps|dependencies|dependency|i18n|a11y|accessibility', types({ code_change: 3 })),
  tag('tag_docs', 'docs?|documentation|readme|typo', types({ writing: 4 }, { files: true })),
  tag('tag_writing', 'writing|content|blog|copy|copywriting', types({ writing: 4 })),
  tag('tag_refactor', 'refactor|refactoring|tech debt|technical debt|cleanup|clean up|style|code quality|maintenance', types({ refactor: 4 })),
  tag('tag_research', 'research|spike|investigation|analysis|exploration', types({ research: 4 })),
  tag('tag_question', 'question|q|support|how to|usage', types({ general_assistant: 4 })),
  tag('tag_ci', 'ci|ci cd|cicd|github actions?|workflows?|automation', types({ workflow_automation: 4 }, { risk: 'medium' })),
  tag('tag_ops', 'ops|devops|infra|infrastructure|operations|deployment|deploy|sre|runbook', types({ ops_automation: 4 })),
  tag('tag_data', 'data|etl|dataset|data quality', types({ data_transformation: 4 })),
  tag('tag_decision', 'decision|rfc|discussion|adr|needs decision', types({ decision_support: 3 })),
  tag('tag_sensitive', 'deps|dependencies|dependency|build|security|breaking|breaking change|vulnerability|migration|database|db|revert', { risk: 'medium' }),

  // Leading verbs: what is to be done with code.
  lead('lead_fix', "fix(?:es|ed)?|repair|correct|resolve|mend|debug|patch|solve|hotfix", types({ bug_fix: 4 })),
  lead('lead_prevent', 'prevent|stop|handle|guard against|avoid', types({ bug_fix: 2.5, code_change: 1.5 })),
  lead('lead_add', 'add|adds|adding|implement|implementing|support|allow|enable|disable|introduce|create|build (?:an?|the|out|me|us|support|in)|extend|expose|integrate|provide|make(?! (?:it|this|that|everything|things|all) (?:better|nicer|good|great|faster|work|awesome))|develop|include|accept|hook up|wire up', types({ code_change: 4 })),
  lead('lead_change', 'update|change|replace|remove|set|use|switch|bump|upgrade|downgrade|adjust|increase|decrease|optimi[sz]e|speed up|cache|validate|log (?!in\\b|out\\b|files?\\b)\\w{1,30}|return|hide|port|revert|address|apply|test (?:that|the|whether|if)|commit|cover|render|display|highlight|throw|emit|require|ignore|skip|retry|limit|configure|rebase|finish|complete|pin|show|turn (?:on|off)|let|keep|reject|wrap|escape|sanitize|detect|warn|store|save|persist|open|resize|trim|pass|export|import|prefer|restrict|reuse|define|register|track|treat|raise|lower|mock|strip|reset|clear|sort|order|format|print|read|parse|get rid of', types({ code_change: 3.5 })),
  rule('lead_delete', 'lead', `^(?:delete|drop|erase|destroy)\\b${NOT_DESCRIBED}`, types({ code_change: 2.5 })),
  rule('lead_delete_resource', 'lead', `^(?:delete|drop|remove|clear|clean(?: up)?|erase|destroy|disable|deactivate|close|get rid of)\\b${NOT_DESCRIBED} (?:[\\w'-]{1,20} ){0,4}(?:users?|accounts?|customers?|databases?|db|backups?|clusters?|servers?|instances?|volumes?|buckets?|branches|releases?|snapshots?|images|queues?|logs|messages|emails|records|rows|subscriptions?|deployments?|environments?|issues|members?|collaborators?)\\b`, types({ ops_automation: 4 })),
  lead('lead_improve', '(?:improve|enhance)(?! (?:it|this|that|everything|things|stuff)\\b)', types({ code_change: 2 })),
  lead('lead_refactor', 'refactor(?:ing)?|clean ?up|simplify|extract|rename|restructure|reorgani[sz]e|split|decouple|inline|moderni[sz]e|tidy(?: up)?|move|rewrite|de-?duplicate|consolidate|unify|reduce (?:the )?(?:code )?(?:duplication|nesting|complexity)|(?:remove|delete) (?:all |the )?(?:unused|dead|obsolete|redundant|duplicated?)|break up|untangle', types({ refactor: 4.5 })),
  lead('lead_port', `(?:convert|migrate|port|turn|translate|rewrite|change)\\b${GAP}{0,60}\\b(?:typescript|esm|es modules|async|await|hooks|promises|kotlin|rust|vitest|jest|pytest|tailwind|composition api)`, types({ refactor: 7 })),
  lead('lead_tests', `(?:write|add|create|extend|increase|improve)\\b${GAP}{0,50}\\b(?:tests?|coverage|test cases?)`, types({ code_change: 5 })),
  lead('lead_write_code', `write\\b${GAP}{0,40}\\b(?:function|script|class|module|component|parser|program|query|endpoint|helper|method|hook|plugin|cli|command|wrapper|adapter|bot|migration|middleware)`, types({ code_change: 7 })),
  lead('lead_conflicts', `(?:fix|resolve|address|apply|incorporate)\\b${GAP}{0,30}\\b(?:conflicts?|review (?:comments?|feedback)|feedback|suggestions?|nits?)`, types({ code_change: 6 })),
  lead('lead_behaviour', '`?[\\w.$#]{1,60}\\([^)\\n]{0,40}\\)`? (?:\\w{2,20}s)', types({ bug_fix: 3 })),

  lead('lead_should_accept', '`?[\\w.$#]{1,60}\\([^)\\n]{0,40}\\)`? should (?:also |be able to )?(?:accept|support|allow|take|handle|offer|have)', types({ code_change: 3.5 })),

  // Leading verbs: other kinds of work.
  lead('lead_cannot', "cannot|can't|unable to|couldn't|not able to", types({ bug_fix: 3 })),
  lead('lead_statement', "(?![^\\n]{0,400}\\?)[^\\n]{3,80}\\b(?:is|are|gets?|was|were)\\b[^\\n]{1,60}\\b(?:when|after|if|while|before|despite|even|until|unless)", types({ bug_fix: 2 })),
  lead('lead_must_not', "(?:do not|don't|never) \\w{2,30}", types({ code_change: 2 })),
  lead('lead_research', 'research|investigate|explore|survey|study|compare|evaluate|analy[sz]e|benchmark|find out|look into|gather|assess|audit|spike|determine|figure out|do (?:some )?research|find (?:all |the )?(?:alternatives|options|libraries|papers|tools)|identify|measure|profile', types({ research: 5 })),
  lead('lead_write', 'document|draft|proofread|reword|rephrase|copy-?edit|outline|compose|write(?: up)?|polish', types({ writing: 4 })),
  lead('lead_write_docs', `(?:write|draft|add|create|update|improve|fix|correct|edit|rewrite|reword|rephrase|polish|proofread|expand|extend|prepare|translate|shorten|revise|mention|complete|clarify|document)\\b${GAP}{0,60}\\b${REPOSITORY_DOCS}(?! ?(?:build|generator|parser|site|server|checker|renderer|component|link|links|viewer|loader)\\b)`, types({ writing: 7 }, { files: true })),
  lead('lead_document', 'document', types({ writing: 2 }, { files: true })),
  lead('lead_write_text', `(?:write|draft|compose|create|prepare|edit|rewrite|reword|rephrase|polish|proofread|expand|translate|shorten|revise|outline)\\b${GAP}{0,60}\\b${FREE_TEXTS}(?! ?(?:function|endpoint|api|component|model|template engine|parser|class|page|form)\\b)`, types({ writing: 7 })),
  lead('lead_typo', `(?:fix|correct)\\b${GAP}{0,40}\\b(?:typos?|spelling|grammar|wording|misspell\\w{0,4})\\b(?!${GAP}{0,40}\\b(?:variable|function|class|method|identifier|key|constant|code)\\b)`, types({ writing: 5 }, { files: true })),
  rule('lead_operate', 'lead', `^${OPERATION}\\b${NOT_DESCRIBED}(?! ?-?(?:time|notes?|tests for)\\b)`, types({ ops_automation: 4.5 })),
  lead('lead_stop_service', `(?:stop|start|restart|check|clear|clean up|resize|upgrade|update|patch|drain|set up|configure|migrate|move)\\b${GAP}{0,40}\\b(?:servers?|services?|cluster|nodes?|containers?|pods?|daemon|disk(?: space| usage)?|vm|virtual machines?|load balancer|dns|nginx|postgres(?:ql)? (?:instance|server)|cdn cache|staging|firewall)`, types({ ops_automation: 4.5 })),
  lead('lead_run_check', `(?:run|execute|show|list|check|print)\\b${GAP}{0,30}\\b(?:tests?|test suite|lint(?:er)?|npm (?:test|audit|outdated|ls)|audit|type ?check|git (?:log|status|diff|blame)|disk (?:space|usage)|df|du|uptime|status|health|licen[cs]e check|build)\\b(?!${GAP}{0,80}\\b(?:and|then) (?!tell|report|show|list|summari[sz]e|attach|say|print|explain|give|paste|share|let)\\w)`, types({ ops_automation: 2 }, { readOnly: true })),
  lead('lead_credential', `(?:reset|change|share|send|print|show|tell|create|generate|issue|renew|rotate|revoke|store) ${PHRASE}${CREDENTIALS}\\b${CREDENTIAL_CODE}`, types({ ops_automation: 4.5 })),
  rule('lead_command_line', 'lead', `^\`?(?:curl|wget|rm|kubectl|docker|npm|npx|pnpm|yarn|git|aws|gcloud|terraform|ssh|psql|helm|systemctl|sudo|chmod|pip|cargo)\\b${NOT_DESCRIBED} [\\w-]`, types({ ops_automation: 3.5 }), ''),
  lead('lead_run_regularly', `(?:run|execute|check|build|publish|deploy|test|lint|send|post|generate|update|close|label|assign|merge|notify)\\b${GAP}{0,80}\\b(?:automatically|on (?:every|each)|every (?:day|night|week|month|hour|monday|friday|morning)|whenever|in ci|(?:with|via|in) github actions|on push|on a schedule)`, types({ workflow_automation: 7 })),
  lead('lead_automate', `(?:automate|schedule|auto-\\w{1,20}|automatically)`, types({ workflow_automation: 6 })),
  lead('lead_automation', `(?:add|create|set ?up|configure|build|write|implement|introduce|extend|update|enable|change|make|migrate|replace|use|split|speed up|cache|refactor)\\b${GAP}{0,60}\\b${AUTOMATION}\\b`, types({ workflow_automation: 6.5 }, { risk: 'medium' })),
  lead('lead_transform', `(?:convert|transform|parse|import|export|normali[sz]e|clean(?: up)?|merge|aggregate|reformat|extract|dedupe|de-?duplicate|map|join|pivot|split|filter|sort|flatten|anonymi[sz]e|load|turn|combine|enrich|reshape|group|backfill|translate|migrate|remove duplicates?|fill)\\b${GAP}{0,80}\\b${DATA}\\b(?! ?(?:parser|endpoint|button|module|class|function|helper|component|support|service|layer|model|type|importer|exporter)\\b)`, types({ data_transformation: 7 })),
  lead('lead_generate_data', `(?:generate|produce|create|make|build)\\b${GAP}{0,30}\\b(?:csv|tsv|jsonl?|xml|xlsx?|spreadsheet|data ?set|table)\\b${GAP}{0,40}\\bfrom`, types({ data_transformation: 7 })),
  lead('lead_decide', 'decide|choose|pick|recommend|advise|weigh|prioriti[sz]e|which (?:\\w{1,20} ){1,4}(?:is|are) (?:better|best|the best)', types({ decision_support: 6 })),
  lead('lead_explain', 'explain|tell|show (?:me|us)|list (?:all|the|every|which|what|me|open|our)|summari[sz]e|answer|describe|clarify|give (?:me|us|an overview)|walk (?:me|us)|teach|suggest|count|what\'s|who\'s|where\'s|how\'s|translate|brainstorm|thank(?:s| you)|rephrase for', types({ general_assistant: 4.5 })),
  lead('lead_question', '(?:how|what|where|who|whom|why|when|which)\\b[^\\n]{0,300}\\?', types({ general_assistant: 4 })),
  lead('lead_yes_no', "(?:is|are|does|do|can|could|would|has|have|did|was|am|isn't|aren't|doesn't) (?:\\S{1,30} ){1,40}\\S{0,30}\\?", types({ general_assistant: 4 })),
  lead('lead_how_to', "(?:why (?:is|are|do|does|did|was)|how (?:do|can|should|to|does|would|is|are)|what (?:is|are|does)|where (?:is|are|do|can)|who (?:is|owns|maintains))", types({ general_assistant: 3 })),

  // Anywhere in the text: faults, wishes, and what other work is about.
  prose('fault', "crash(?:es|ed|ing)?|segfaults?|broken|doesn't work|does not work|not work(?:ing)?|stopped working|regression|bugs?|fails?|failing|failed|hangs?|freez(?:es|ing)|infinite loop|memory leak|leaks memory|deadlocks?|race condition|off[- ]by[- ]one|throws?|panics?|stack overflow|corrupt(?:s|ed)?|flaky", types({ bug_fix: 3 })),
  prose('wrong_result', "errors?|exceptions?|wrong(?:ly)?|incorrect(?:ly)?|unexpected(?:ly)?|undefined|nan|invalid|inconsistent|mismatch|ignored|stuck|cannot|can't|unable to|does not|doesn't|isn't|aren't|won't|no longer|subtracts|times? out|misaligned|overlaps?|twice|still|silently|sometimes|randomly|suddenly|off by|flickers?|jumps?|disappears?|loses|lost|blank|quits|overflows?|cut off|garbled|unreadable|unresponsive|laggy", types({ bug_fix: 1.5 })),
  prose('expectation', "but (?:got|it|i get|instead)|(?:it|this|that|which) should(?: not|n't)? \\w{2,20}|should (?:be|return|not|have)|stays|expected|instead|correctly|properly|right now|(?:is|are|was|were|gets?) not \\w{2,20}ed", types({ bug_fix: 1.5 })),
  prose('fault_template', "steps to reproduce|to reproduce|expected (?:behaviou?r|result)|actual (?:behaviou?r|result)|current behaviou?r|describe the bug|minimal reproduction", types({ bug_fix: 3 })),
  rule('stack_trace', 'raw', '^ ?at [\\w.$<>/ \\[\\]@-]{1,120} ?\\(?[^)\\n]{1,200}:\\d{1,6}|Traceback \\(most recent call last\\)|Exception in thread|^panic: |^thread \'[^\'\\n]{1,60}\' panicked|Segmentation fault', types({ bug_fix: 3 }, { confidence: 0.05 }), 'im'),
  rule('error_name', 'raw', '\\b[A-Z][A-Za-z]{1,40}(?:Error|Exception)\\b', types({ bug_fix: 2 }), ''),
  prose('wish', "feature request|ability to|option to|would be (?:nice|great|useful|helpful|good)|it'd be|i(?:'d| would) (?:love|like) (?:to see|to have|to be able|a|an|the)|please add|support for|add(?:ing)? support|enhancement|new feature|allow(?:ing)? (?:users|us|me|to)|as a user|is your feature request|describe the solution you'd like|should support", types({ code_change: 3 })),
  prose('docs_words', `typos?|misspell\\w{0,4}|grammar|wording|outdated docs?|${REPOSITORY_DOCS}`, types({ writing: 2.5 }, { files: true })),
  prose('refactor_words', 'refactor(?:ing)?|code smell|tech(?:nical)? debt|duplicat(?:ed|ion) code|no (?:behaviou?r|functional) changes?|without changing (?:the )?behaviou?r|dead code|unused (?:code|imports?|variables?|functions?|exports?)|too long|readability|god (?:class|object)', types({ refactor: 2.5 })),
  prose('decision_words', "should (?:we|i)|pros and cons|trade-?offs?|is it worth|better (?:choice|option|fit)|best (?:choice|option)|help (?:me|us) (?:to )?(?:decide|choose)|go (?:with|for) \\w{1,30}(?: \\w{1,20}){0,3} or|which (?:one|of|option) [^?\\n]{0,60}|build (?:vs\\.?|or) buy|make a decision|a decision (?:on|about)", types({ decision_support: 6 })),
  prose('versus', '\\w{2,30} (?:vs\\.?|versus) \\w{2,30}', types({ decision_support: 2, research: 1.5 })),
  order('research_order', 'research|investigate|evaluate|find out|look into|benchmark', ' \\w', types({ research: 3 })),
  prose('research_words', 'state of the art|alternatives to|root cause|literature|feasibility|with (?:links|citations|references|sources)|summari[sz]e (?:the|your) findings|available (?:libraries|options|tools)|competitors', types({ research: 2 })),
  prose('automation_words', `every (?:day|night|week|month|hour|monday|friday|morning)|daily|nightly|weekly|on every (?:push|pull request|pr|release|merge|commit)|on each (?:push|pull request|pr|release|merge|commit)|when(?:ever)? (?:an?|the) (?:new )?(?:issue|pull request|pr|release|tag|label) (?:is|gets)|automatically|${AUTOMATION}`, types({ workflow_automation: 2.5 })),
  prose('data_words', DATA, types({ data_transformation: 1 })),
  prose('data_format', `(?:csv|tsv|json|xml|xlsx?|excel|yaml|parquet|spreadsheet)(?: files?| export| dump)? (?:in)?to (?:a |an )?(?:csv|tsv|json|xml|xlsx?|excel|yaml|parquet|markdown table|table|sql|spreadsheet)`, types({ data_transformation: 3.5 })),
  prose('ops_words', 'servers?|kubernetes|kubectl|terraform|ansible|systemd|staging|cluster|runbook|on-?call|incident|downtime', types({ ops_automation: 1 })),
  prose('review_words', 'review comments?|requested changes|rebase', types({ code_change: 1.5 })),
  rule('question_mark', 'prose', '\\?$', types({ general_assistant: 1 }), 'im'),

  // High risk: acts that cannot be taken back, or that reach outside (SPEC 4.2).
  order('delete', 'delete|wipe|erase|purge|destroy|nuke|shred|terminate|decommission|clear out', `(?! ${CODE_NOUNS})`, types({ ops_automation: 1.5 }, { risk: 'high' })),
  order('drop', 'drop|truncate', `(?! (?:[\\w'-]{1,20} ){0,2}(?:empty|blank|duplicated?|null|invalid|missing) (?:rows|columns|records|lines|entries|values)) (?:[\\w'-]{1,30} ){0,4}(?:tables?|databases?|columns?|schemas?|collections?|indexe?s|partitions?|logs|${RESOURCES})\\b`, types({ ops_automation: 2 }, { risk: 'high' })),
  order('delete_some_code', 'delete|erase|destroy', ` ${CODE_NOUNS}`, { risk: 'medium' }),
  order('remove_resource', 'remove|get rid of|clear|reset|clean(?: up| out)?|prune|overwrite|replace|archive|kill|uninstall|unpublish|detach', `(?! ${CODE_NOUNS}) (?:[\\w'-]{1,20} ){0,4}(?:all|old|every|stale|inactive|unused|expired|production|test|remote|merged|s3|user) (?:[\\w'-]{1,20} ){0,3}${RESOURCES}\\b`, { risk: 'high' }),
  order('remove_from_outside', 'remove|clear|reset|clean(?: up| out)?|prune|overwrite', `(?! ${CODE_NOUNS}) (?:[\\w@'-]{1,40} ){1,6}from (?:the )?(?:[\\w'-]{1,20} )?(?:database|db|server|cluster|bucket|s3|org|organi[sz]ation|team|disk|registry|repo(?:sitory)?|account|mailing list|history|crm|production)\\b`, { risk: 'high' }),
  order('remove_file', 'remove', ' (?:the |all |these |those |old |obsolete |unused |stale ){0,4}(?:files?|director(?:y|ies)|folders?|database|tables?|users?|accounts?|branch(?:es)?|backups?|data|[\\w.-]{1,40}/[\\w./-]{0,80})(?! ?(?:import|component|prop|class|picker|input|button|type|model)\\b)', { risk: 'high' }),
  order('deploy', 'deploy|redeploy|roll ?out|roll ?back|promote|go live|cut (?:a |the )?(?:new )?release|ship (?:it|this|the|to|v\\d)|release|publish', '(?! ?(?:an? |the )?(?:notes?|candidate|script|lock|memory|resources?|handles?|connections?|mutex|semaphore|events?|messages?)\\b)', types({ ops_automation: 1.5 }, { risk: 'high' })),
  order('take_down', '(?:shut|take|bring) (?:[\\w\'-]{1,20} ){1,4}(?:down|offline)', '', types({ ops_automation: 4 }, { risk: 'high' })),
  order('reboot', 'reboot|unpublish|yank|format (?:the |my |this )?(?:disk|drive|partition|volume|card)', '', types({ ops_automation: 3 }, { risk: 'high' })),
  order('operate_service', 'restart|reboot|shut ?down|stop|scale(?: up| down)?|fail ?over|drain|kill|provision|tear down|spin up|take down|resize|upgrade|migrate', ' (?:[\\w\'-]{1,20} ){0,4}(?:servers?|services?|clusters?|nodes?|instances?|databases?|containers?|pods?|vms?|machines?|load balancers?|workers?|deployments?|replicas?|environments?|staging|infrastructure|queues?|redis|postgres|nginx)\\b', types({ ops_automation: 2 }, { risk: 'medium', riskIfActing: 'high' })),
  order('change_production', 'update|change|modify|run|execute|migrate|apply|edit|set|insert|push|connect|point|switch|configure|copy|import|load|sync|backfill|alter|restore|enable|disable|patch|move|access|dump', `${GAP}{0,80}\\b(?:in|to|on|onto|into|from|against|the|our) (?:production|prod|live (?:site|system|server|database|environment))\\b(?! (?:build|bundle|code|logs?|ready|readiness|mode|dependenc))`, types({ ops_automation: 2 }, { risk: 'high' })),
  order('change_live_thing', 'update|change|modify|reset|clean(?: up)?|clear|restart|edit|overwrite|patch|configure|move|migrate|alter|rebuild|seed|query|open|access', ` ${PHRASE}(?:production|prod|live) (?!builds?\\b|bundles?\\b|code\\b|logs?\\b|mode\\b|ready\\b|dependenc|preview|reload|region|search|update|readme|docs?\\b)\\w`, types({ ops_automation: 2 }, { risk: 'high' })),
  order('code_for_production', 'fix|test|add|remove|create|write|use|make', `${GAP}{0,80}\\b(?:in|to|on|onto|into|from|against|the|our) (?:production|prod|live (?:site|system|server|database|environment))\\b(?! (?:build|bundle|code|logs?|ready|readiness|mode|dependenc))`, { risk: 'medium', riskIfActing: 'high' }),
  prose('production', '(?:in|to|on|into|from|against) (?:the )?(?:production|prod)|(?:production|prod|live) (?:databases?|db|servers?|clusters?|environment|systems?|data|traffic|site|accounts?|instances?|config|secrets?|users?)', { risk: 'medium', riskIfActing: 'high' }),
  order('handle_credential', 'rotate|revoke|regenerate|renew|reveal|dump|leak|exfiltrate|decrypt', `${GAP}{0,50}\\b(?:${CREDENTIALS}|tokens?|keys?|env(?:ironment)?(?: variables?)?)\\b${CREDENTIAL_CODE}`, types({ ops_automation: 2 }, { risk: 'high' })),
  order('use_credential', 'tell|share|print|issue|expose|show|read|send|upload|export|copy|retrieve|fetch|change|create|generate|add|set|reset|update|store|replace|grant|give|commit|hard-?code|embed|put|use', ` ${PHRASE}${CREDENTIALS}\\b${CREDENTIAL_CODE}`, { risk: 'high' }),
  order('ask_for_credential', "what(?:'s| is| are)", ` ${PHRASE}${CREDENTIALS}\\b${CREDENTIAL_CODE}(?= ?(?:for|of|to|in|on|\\?|$))`, { risk: 'high' }),
  order('account_of_person', '(?:create|open|register|set up) (?:[\\w\'-]{1,40} ){0,4}accounts?', ' (?:for|of) (?!users?\\b|tests?\\b|testing\\b|each\\b|every\\b|the (?:tests?|demo)\\b)', types({ ops_automation: 3 }, { risk: 'high' })),
  order('outside_account', '(?:open|register|close|delete|cancel) (?:an?|the|my|our) (?:[\\w\'-]{1,30} ){0,3}account', '(?! ?(?:page|form|menu|settings|screen|dialog|tab|section|view|modal|dropdown)\\b)', types({ ops_automation: 2 }, { risk: 'high' })),
  order('account', '(?:create|open|register|close|disable|deactivate|suspend|ban|unlock|lock|block|impersonate) (?:[\\w\'@-]{1,40} ){0,4}(?:accounts?|users?|customers?|tenants?)', '(?! ?(?:page|form|component|model|class|type|table|endpoint|api|service|settings|profile|menu|flow|test|tests|search|story|list|input|agent|guide|interface|registration)\\b)', types({ ops_automation: 1.5 }, { risk: 'medium', riskIfActing: 'high' })),
  order('grant_access', "(?:(?:grant|give|invite|revoke|withdraw) (?:[\\w'@.-]{1,60} ){0,6}(?:access|admin|owner|maintainer|collaborators?|permissions?|rights|to (?:the |our )?(?:org|organi[sz]ation|team|repo|repository))|(?:make|add|promote|remove) (?:@[\\w-]{1,40} (?:\\w{1,20} ){0,4}|(?:[\\w-]{1,30} ){1,3}(?:as |an? )(?:an? |the )?|(?<=\\bmake )\\w{2,30} )(?:admin|owner|maintainer|collaborator)s?)", '\\b(?! ?(?:page|panel|dashboard|checks?|tests?|component|ui|view|middleware|log|logs|control|menu)\\b)', types({ ops_automation: 4 }, { risk: 'high' })),
  order('money', 'send (?:[\\w$€.,]{1,20} ){0,3}(?:money|funds|usd|eur|dollars|euros)|refund|reimburse|purchase|buy|donate|pay(?! attention)|charge|invoice (?:the|all|every|our|customer)|transfer (?:[\\w$€.,]{1,20} ){0,4}(?:money|funds|usd|eur|dollars|euros|balance|ownership|domain|payment)|wire (?:[\\w$€.,]{1,20} ){0,3}(?:money|funds|usd|eur|to (?:the )?(?:vendor|account|supplier))|(?:cancel|upgrade|downgrade|renew) (?:[\\w\'-]{1,20} ){0,3}(?:subscriptions?|plan|licen[cs]e)|(?:update|change|switch) (?:[\\w\'-]{1,20} ){0,3}(?:billing|subscription|hosting) plan', '(?! ?(?:calculation|logic|total|state|icon|amount|method)\\b)', types({ ops_automation: 2.5 }, { risk: 'high' })),
  order('send_message', '(?:send|e-?mail|mail|tweet|post|notify|dm|announce|broadcast|submit)', `${GAP}{0,80}\\b(?:slack|discord|twitter|linkedin|reddit|hacker news|mastodon|facebook|customers?|users|subscribers|everyone|everybody|all (?:members|employees|contributors)|mailing list|newsletter|(?:the )?(?:team|board|client|press|vendor)|sms|tweet|e-?mails?|an e-?mail|[\\w.-]{1,40}@[\\w.-]{1,40})\\b(?! ?(?:templates?|component|validation|form|address field|helper|function|class|model)\\b)`, types({ ops_automation: 3 }, { risk: 'high' })),
  order('tweet', 'tweet', '', { risk: 'high' }),
  order('external_system', '(?:create|update|open|file|close|write|upload|push|sync|submit|insert|add|export|send|book|post)', `${GAP}{0,60}\\b(?:in|to|on|into|with|via) (?:the |our )?(?:jira|zendesk|hubspot|salesforce|stripe|twilio|notion|confluence|trello|asana|airtable|google (?:sheets?|drive|docs|calendar)|s3|bigquery|snowflake|shopify|app store|play store|npm|pypi|crates\\.io|docker hub|dns|crm)\\b(?! (?:docs|style|integration|client|sdk|api client|adapter))`, types({ ops_automation: 1 }, { risk: 'medium', riskIfActing: 'high' })),
  order('weaken_security', '(?:disable|bypass|skip|turn off|remove|relax|circumvent|weaken|ignore) (?:[\\w\'-]{1,20} ){0,4}(?:security|authentication|authorization|auth|2fa|mfa|firewall|tls|ssl|certificate (?:checks?|verification|validation)|branch protection|signature (?:checks?|verification)|sandbox|csrf|permission checks?|access control|audit log(?:ging|s)?)', '', { risk: 'high' }),
  order('history', 'force[- ]?push|rewrite (?:the )?(?:git )?history|squash (?:the )?(?:whole )?history|push (?:directly )?to (?:main|master)|merge (?:\\S{1,20} ){0,3}(?:into|to) (?:main|master)', '', { risk: 'high' }),
  order('run_migration', '(?:run|apply|execute) (?:[\\w\'-]{1,20} ){0,4}migrations?', '', { risk: 'medium', riskIfActing: 'high' }),
  rule('destructive_shell', 'raw', '\\brm (?:-\\w{1,8} ){0,4}-\\w{0,6}[rf]\\w{0,6}\\b(?! (?:\\.\\/)?(?:node_modules|dist|build|coverage|target|out|\\.next|\\.cache)\\/?(?:[`\'"\\n;&|),]| (?:&&|too|and)|$))|\\bgit push [^\\n]{0,60}(?:--force|-f\\b)|\\bgit reset --hard\\b|\\bgit clean -\\w{0,4}f|\\bmkfs|\\bdd if=|\\b(?:drop|truncate) (?:table|database|schema)\\b|\\bdelete from [\\w."`]{1,60}|\\bkubectl (?:delete|drain|apply|scale)\\b|\\bterraform (?:destroy|apply)\\b|\\bdocker (?:system|volume|image) prune\\b|\\bchmod -R\\b|\\bchown -R\\b|\\b(?:curl|wget) [^\\n|]{1,200}\\| ?(?:sudo )?(?:ba|z)?sh\\b|\\b(?:npm|yarn|pnpm|cargo|poetry) publish\\b|\\btwine upload\\b|\\bhelm (?:upgrade|install|uninstall|delete)\\b|\\baws s3 (?:rm|rb|sync)\\b|\\bshutdown -|\\bsudo \\w|\\bflushall\\b', types({ ops_automation: 1 }, { risk: 'high' })),
  rule('install_from_url', 'raw', '\\b(?:npm|pnpm|yarn|bun|pip3?|uv|cargo|gem|go) (?:i|install|add|get)(?: -\\S{1,30}){0,4} [^\\n]{0,60}(?:git\\+|github:|https?:|git@)', { risk: 'high' }),
  rule('instructs_the_agent', 'raw', '\\b(?:ignore|disregard|forget|override) (?:all |any |the |your |these |previous |prior |above |earlier ){1,4}(?:instructions?|rules|prompts?|guidelines|constraints)\\b|\\byou are now (?:in|a|an)\\b|\\bmaintenance mode\\b|\\b(?:system|developer) prompt\\b|^ ?system: |\\bprint (?:all |the |your ){0,3}env(?:ironment)?\\b|\\bcat [^\\n]{0,60}\\.(?:env|netrc|npmrc|pem)\\b|\\bdangerously-skip-permissions\\b', { risk: 'high', confidence: -0.1 }, 'im'),

  // Medium risk: code that hurts when it is wrong, or that everybody depends on.
  prose('sensitive_area', 'auth|authentication|authorization|authenticate|oauth2?|oidc|saml|sso|jwt|log ?in|log-?in|sign[- ]?in|sign[- ]?up|passwords?|2fa|mfa|permissions?|rbac|access control|payments?|billing|checkout|invoices?|refunds?|subscriptions?|pricing|encryption|decrypt(?:ion)?|cryptograph\\w{0,3}|csrf|xss|sql injection|vulnerabilit(?:y|ies)|cve-\\d{4}-\\d{1,7}|security|secrets?|credentials?|api[ -]?keys?|access tokens?|gdpr|personal data|pii', { risk: 'medium' }),
  prose('dependencies', 'dependenc(?:y|ies)|package\\.json|lock ?files?|package-lock\\.json|requirements\\.txt|cargo\\.toml|go\\.mod|pyproject\\.toml|gemfile|pom\\.xml|build\\.gradle|(?:upgrade|bump|update|downgrade|migrate) (?:[@\\w./-]{1,40} ){0,3}(?:from|to) (?:[@\\w./-]{1,40} ){0,2}v?\\d{1,4}(?:\\.[\\w.]{1,12})?|major version', { risk: 'medium' }),
  prose('build_and_ci', `dockerfile|docker-compose|helm chart|terraform|\\.github\\/|${AUTOMATION}|codeowners`, { risk: 'medium' }),
  prose('schema', '(?:database|db|schema|data|sql) migrations?|migrations? (?:for|to|that|script)|alter table|(?:new|add(?: an?| the)?|rename(?: the)?|drop(?: the)?|remove(?: the)?) (?:\\w{1,30} )?(?:column|table|index)|foreign key|database schema', { risk: 'medium' }),
  prose('breaking', 'breaking changes?|backwards?[- ](?:in)?compatib\\w{0,8}|public api|drop support for|remove support for|deprecat(?:e|ing)', { risk: 'medium' }),
  prose('concurrency', 'race condition|deadlock|thread[- ]safe\\w{0,2}|concurren(?:t|cy)|data loss|distributed lock', { risk: 'medium' }),
  prose('legal', 'licen[cs]e (?:file|text|header)|terms of service|privacy policy|contract|legal', { risk: 'medium' }),

  // Size and clarity.
  prose('whole_codebase', '(?:entire|whole) (?:codebase|code base|project|application|app|repo(?:sitory)?|system|site|api)|across (?:all|the (?:whole|entire)|every) \\w{1,30}|every (?:file|module|page|component|package|class)|all (?:files|modules|packages|components|services)|from scratch|re-?architect\\w{0,4}|new architecture|redesign|full rewrite|rewrite everything|complete overhaul|monolith', { complexity: 'large', risk: 'medium' }),
  prose('several_parts', 'as well as|and also|additionally|furthermore|several|multiple|phase \\d|step \\d|end[- ]to[- ]end', { complexity: 'medium' }),
  rule('named_place', 'prose', '`[^`\\n]{2,80}`|\\b[\\w-]{1,40}\\(\\)|\\b(?:src|lib|test|tests|app|packages|docs|cmd|internal)\\/[\\w./-]{1,80}|\\bline \\d{1,6}\\b', { confidence: 0.05 }),
  prose('vague', "something|somehow|stuff|things|whatever|or so|make it (?:better|nicer|good|great|faster|work)|improve (?:it|this|that|everything|things)|(?:more|most) awesome|etc", { confidence: -0.15 }),
]

function rule(name: string, where: SignalRule['where'], source: string, effect: Effect, flags = 'i'): SignalRule {
  return { name, where, pattern: new RegExp(source, `${flags}g`), effect }
}

function tag(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'tag', `^(?:${words})$`, effect)
}

function lead(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'lead', `^(?:${words})(?![\\w(-])`, effect)
}

function prose(name: string, words: string, effect: Effect): SignalRule {
  return rule(name, 'prose', `(?<![\\w-])(?:${words})(?![\\w-])`, effect)
}

function order(name: string, verbs: string, object: string, effect: Effect): SignalRule {
  return rule(name, 'action', `(?<![\\w-])(?:${verbs})\\b${NOT_DESCRIBED}${object}`, effect)
}

function types(scores: Readonly<Partial<Record<TaskType, number>>>, more: Omit<Effect, 'types'> = {}): Effect {
  return { types: scores, ...more }
}
