import type { SignalRule } from './rule.ts'
import { tag, types } from './rule.ts'

/** Labels, `[Tag]`, conventional-commit types and what a form's "Type" was answered with. */
// biome-ignore format: one signal is one row
export const TAGS: readonly SignalRule[] = [
  tag('tag_bug', 'bugs?|bug reports?|possible bug|bugfix|bug fix|fix|hotfix|defect|regression|crash|broken|error|(?:i (?:want|would like) to )?report(?:ing)? a bug|confirmed bug|issue bug|bug performance|build installation issue|unexpected behaviou?r|flaky test', types({ bug_fix: 4 })),
  tag('tag_feature', 'feat|features?|feature requests?|feature proposal|feature idea|enhancements?|enhancement request|improvements?|new features?|fr|rfe|idea|suggestion|request|user story|story|perf|performance|(?:i (?:want|would like) to )?request(?:ing)? an? (?:new )?feature|feature enhancement|wishlist', types({ code_change: 4 })),
  tag('tag_chore', 'chore|revert|deps|dependencies|dependency|i18n|testing|tests?', types({ code_change: 2 })),
  tag('tag_area', 'build|a11y|accessibility|ui|ux|frontend|backend|core|cli', types({ code_change: 0.5 })),
  tag('tag_docs', 'docs?|documentation|readme|typos?|documentation issue|docs bug|documentation bug|docs feature request|documentation feature request|documentation request|documentation improvements?', types({ writing: 4 }, { files: true })),
  tag('tag_writing', 'writing|content|blog|copy|copywriting', types({ writing: 4 })),
  tag('tag_refactor', 'refactor|refactoring|refactoring request|tech debt|technical debt|techdebt|debt|cleanup|clean up|style|code quality|code cleanup|code smell', types({ refactor: 4 })),
  tag('tag_research', 'research|spike|investigation|analysis|exploration|poc|proof of concept|discovery', types({ research: 4 })),
  tag('tag_question', 'questions?|q|support|support request|how to|usage|help wanted question|needs help|faq|general question', types({ general_assistant: 4 })),
  tag('tag_ci', 'ci|ci cd|cicd|github actions?|workflows?|automation|continuous integration|build automation|(?:stale|release|merge|issue|github) ?bot|labell?er', types({ workflow_automation: 4 }, { risk: 'medium' })),
  tag('tag_ops', 'ops|devops|infra|infrastructure|operations|deployment|deploy|sre|runbook|incident|outage|access request|hosting|sysadmin', types({ ops_automation: 4 })),
  tag('tag_data', 'data|etl|dataset|data quality', types({ data_transformation: 4 })),
  tag('tag_decision', 'proposal for discussion|decision|rfc|rfd|discussion|adr|needs decision|poll|governance', types({ decision_support: 3 })),
  tag('tag_sensitive', 'deps|dependencies|dependency|build|security|breaking|breaking change|vulnerability|migration|database|db|revert', { risk: 'medium' }),
  tag('tag_proposal', 'proposal', types({ code_change: 2, decision_support: 0.5 })),
]
