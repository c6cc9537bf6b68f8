import type { SignalRule } from './rule.ts'
import { lead, rule, types } from './rule.ts'
import {
  AUTOMATION,
  CREDENTIAL_CODE,
  CREDENTIALS,
  DATA,
  FREE_TEXTS,
  GAP,
  NOT_DESCRIBED,
  OPERATION,
  PHRASE,
  REPOSITORY_DOCS,
} from './vocabulary.ts'

/** The verb that opens the title or the request: it says most. */
// biome-ignore format: one signal is one row
export const LEADS: readonly SignalRule[] = [
  // Leading verbs: what is to be done with code.
  lead('lead_fix', "fix(?:es|ed)?|repair|correct|resolve|mend|debug|patch|solve|hotfix", types({ bug_fix: 4 })),
  lead('lead_prevent', 'prevent|stop|handle|guard against|avoid', types({ bug_fix: 2.5, code_change: 1.5 })),
  lead('lead_add', 'add|adds|adding|implement|implementing|support|allow|enable|disable|introduce|create|build (?:an?|the|out|me|us|support|in)|extend|expose|integrate|provide|make(?! (?:it|this|that|everything|things|all) (?:better|nicer|good|great|faster|work|awesome))|develop|include|accept|hook up|wire up', types({ code_change: 4 })),
  lead('lead_change', 'update|change(?! of\\b)|replace|remove|set|use|switch|bump|upgrade|downgrade|adjust|increase|decrease|optimi[sz]e|speed up|cache|validate|log (?!in\\b|out\\b|files?\\b)\\w{1,30}|return|hide|port|revert|address|apply|test (?:that|the|whether|if)|commit|cover|render|display|highlight|throw|emit|require|ignore|skip|retry|limit|configure|rebase|finish|complete|pin|show|turn (?:on|off)|let|keep|reject|wrap|escape|sanitize|detect|warn|store|save|persist|open|resize|trim|pass|export|import|prefer|restrict|reuse|define|register|track|treat|raise|lower|mock|strip|reset|clear|sort|order|format|print|read|parse|get rid of', types({ code_change: 3.5 })),
  rule('lead_delete', 'lead', `^(?:delete|drop|erase|destroy)\\b${NOT_DESCRIBED}`, types({ code_change: 2.5 })),
  rule('lead_delete_resource', 'lead', `^(?:delete|drop|remove|clear|clean(?: up)?|erase|destroy|disable|deactivate|close|get rid of)\\b${NOT_DESCRIBED} (?:[\\w'-]{1,20} ){0,4}(?:users?|accounts?|customers?|databases?|db|backups?|clusters?|servers?|instances?|volumes?|buckets?|branches|releases?|snapshots?|images|queues?|logs|messages|emails|records|rows|subscriptions?|deployments?|environments?|issues|members?|collaborators?)\\b`, types({ ops_automation: 4 })),
  lead('lead_fix_automation', `(?:fix|repair|update|bump|improve|speed up|optimi[sz]e|remove|drop|pin|allow|don't|do not|make|switch|migrate|move|port|run|test|try|investigate)\\b${GAP}{0,80}\\b(?:github actions?|gh actions?|github workflows?|travis|appveyor|circle ?ci|ci\\/cd|ci (?:job|build|pipeline|workflow|config|setup|run)s?|(?:in|on|for|to) (?:the )?ci|(?:release|nightly|build|deploy|publish)W{0,2} (?:action|workflow|pipeline|job)s?|dependabot|renovate|pre-commit|workflow)`, types({ workflow_automation: 5 }, { risk: 'medium' })),
  lead('lead_clean_resource', `(?:clean(?:ing)?[- ]?up|purge|clear(?: out)?|prune|tidy up)\\b${GAP}{0,60}\\b(?:(?:test |old |fake |stale )?users?|dbs?|databases?|(?:users?|database|db|sql|old) tables?|accounts?|(?:test|old|stale|user|production|prod) data|in prod(?:uction)?|records)`, types({ ops_automation: 5 }, { risk: 'high' })),
  lead('lead_set_up', `(?:set ?up|setup|install|provision|configure|get|request|create|order|register|obtain)\\b${GAP}{0,40}\\b(?:web ?servers?|servers?|vms?|hosting|droplet|cluster|domain(?: name)?|dns|ssl|certificates?|monitoring|accounts? (?:on|for|in|at)|(?:user )?accounts|access to|permissions for|vpn|mail ?server|staging|environment for)\\b`, types({ ops_automation: 4.5 })),
  lead('lead_asks_whether', '(?:drop|remove|deprecate|stop|support for|move to|switch to|rename|retire|require|keep|bump|use|adopt|replace|make|migrate)\\b[^\\n]{2,120}\\?', types({ decision_support: 5 })),
  lead('lead_improve', '(?:improve|enhance)(?! (?:it|this|that|everything|things|stuff)\\b)', types({ code_change: 2 })),
  lead('lead_refactor', 'refactor(?:ing)?|clean(?:ing)? ?up(?![^\\n]{0,60}\\b(?:users?|data|dbs?|databases?|tables?|prod|production|accounts?|servers?|disk|buckets?|images|records)\\b)|simplify|extract|rename|restructure|reorgani[sz]e|split|decouple|inline|moderni[sz]e|tidy(?: up)?|move|rewrite|de-?duplicate|consolidate|unify|reduce (?:the )?(?:code )?(?:duplication|nesting|complexity)|(?:remove|delete) (?:all |the )?(?:unused|dead|obsolete|redundant|duplicated?)|break up|untangle', types({ refactor: 4.5 })),
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
]
