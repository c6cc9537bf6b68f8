/** Word groups that several signals share, as parts of patterns. Every repetition is bounded. */

/**
 * Stands after a verb that may be an order: not where it names a function ("delete()") and not where a finite verb
 * follows so soon that the words describe something ("Delete button is misaligned", "Deploy script fails").
 */
export const NOT_DESCRIBED =
  "(?! (?:key|button|icon|dialog|menu item|command|shortcut|modal|link) (?:[a-z]{2,20}s|does|do|did|has)\\b)(?! ?\\()(?! (?:(?!that\\b|which\\b|who\\b|whose\\b|where\\b|if\\b|when\\b|once\\b|because\\b|since\\b|and\\b|as\\b)[\\w'-]{1,20} ){1,3}(?:is|are|was|does|doesn't|don't|fails?|throws?|returns?|crashes|breaks|hangs|shows?|gives?|should)\\b)"

/** One character of the same sentence: a point inside `package.json` does not end it. Always with a bound behind. */
export const GAP = '(?:[^.;\\n]|\\.(?=\\S))'

/** Texts for people that live in a repository. */
export const REPOSITORY_DOCS =
  "(?:read ?me|docs?|documentation|docstrings?|jsdoc|javadoc|changelog|contributing|man ?pages?|(?:blog|style|brand|contribution) guidelines|code of conduct|adr|wiki|(?:getting[ -]started|installation|setup|developer|user|style|contributor|migration|upgrade)(?:'s)? (?:guide|section|instructions|page|manual)|[\\w/.-]{1,60}\\.(?:md|mdx|rst|adoc))"

/** Texts that are handed over as an answer. */
export const FREE_TEXTS =
  '(?:guide|tutorial|how-?to|blog ?posts?|post|article|essay|release notes|announcement|newsletter|faq|glossary|letter|landing page copy|copy|white ?paper|paragraph|introduction|abstract|memo|press release|e-?mail|one-?pager|brief|job description|story|manual|handbook|tweet|thread|slides|talk|speech|status update|policy text|summary for)'

/** Third person, as a fault is told in a title: "export drops the last row". */
export const FINITE =
  '(?:grows|shrinks|doubles|submits|scrolls|sends|saves|deletes|clears|wraps|aligns|plays|does nothing|do nothing|shows?|returns?|creates|changes|removes|adds|ignores?|uses|sets|makes|causes?|takes|gets|gives|produces|prints|reports|opens|closes|loses|misses|lacks|leaks|warns|attempts|assumes|breaks|prevents|requires|keeps|becomes?|remains?|stays|goes|leads|results in|displays|appears|overwrites|overrides|resets|deletes|duplicates|swallows|skips|truncates|treats|converts|parses|renders|loads|runs|starts|stops|blocks|triggers|outputs|generates|reads|writes|contains?|includes|allows|accepts|rejects|expects|looks|seems|behaves|drops|flickers|jumps|moves|reverts|redirects|responds|repeats|blinks|overlaps|disappears|is (?:not|too|still|always|never|being|missing|empty|broken|wrong|incorrect|inconsistent|ignored|slow|lost|cut|unused|shown|called|stuck|null|undefined|hidden|disabled|invisible|misaligned|out of|off|only)|are (?:not|too|still|always|never|being|missing|empty|broken|wrong|incorrect|ignored|lost|shown|swapped|unused|duplicated|hidden|stuck|out of)|gets? (?:stuck|lost|cut|ignored|overwritten|reset|called|truncated|removed|deleted|duplicated))'

export const DATA =
  '(?:csv|tsv|jsonl?|ndjson|xml|xlsx?|excel|parquet|spreadsheets?|data ?sets?|records|rows|columns?|raw data|geojson|entries|data|addresses|log lines|phone numbers|timestamps)'

/** What belongs to somebody and is gone when it is deleted. */
export const RESOURCES =
  '(?:users?|accounts?|customers?|data|databases?|tables?|records?|rows|buckets?|backups?|clusters?|servers?|instances?|volumes?|branch(?:es)?|releases?|repositor(?:y|ies)|repos?|permissions?|members?|collaborators?|history|files?|director(?:y|ies)|folders?|namespaces?|secrets?|logs|messages|emails|deployments?|environments?|snapshots?|images|queues?|topics|domains?|dns records?|issues|comments|subscriptions?)'

/** Code, whose deletion git can undo and a review will see. */
export const CODE_NOUNS =
  '(?:(?:the|this|that|these|those|all|any|our|its|an?|every|unused|dead|obsolete|redundant|duplicated?|unnecessary|deprecated|legacy|old|empty|trailing|debug|stale|extra|commented[ -]out|`[^`\\n]{1,40}`|[\\w$.]{1,40}\\(\\)) ){0,4}(?:imports?|console\\.log\\w{0,3}|log statements?|print statements?|whitespace|semicolons?|blank lines?|lines? \\d{1,6}|typos?|functions?|methods?|class(?:es)?|variables?|parameters?|arguments?|helpers?|code|code paths?|css|styles?|support|todos?|words?|sentences?|paragraphs?|buttons?|constants?|types?|interfaces?|props?|if|branches of the if|else|check|checks|feature flags?|flags?|polyfills?|shims?|wrappers?|overloads?|`[^`\\n]{1,40}`)\\b'

/** A few words of a noun phrase: a word that opens something else ends it. */
export const PHRASE = "(?:(?!(?:when|if|error|errors|for|that|where|until|unless|on|in|to|with)\\b)[\\w'-]{1,20} ){0,4}"

export const CREDENTIALS =
  '(?:credentials?|passwords?|passphrases?|secrets?|api[ -]?keys?|(?:access|ssh|private|deploy|signing|encryption|service account) keys?|(?:access|api|auth|bearer|refresh|deploy|npm|github|slack|bot|webhook)[ -]tokens?|tls cert(?:ificate)?s?|certificates?|\\.env)'

/** After a word for a credential: then it is code about credentials. */
export const CREDENTIAL_CODE =
  '(?! ?(?:fields?|inputs?|validation|forms?|pages?|strength|components?|screens?|checks?|hash|hashing|parser|parsing|support|authentication|auth|flow|buttons?|labels?|tests?|handling|models?|types?|class|functions?|helpers?|middleware|counts?|counter|usage|limit|error|errors|message|messages|toggle|visibility|manager|icon|reset|change|confirmation|recovery|expiry|expiration|protected|protection|generator|prompt|dialog)\\b)'

export const AUTOMATION =
  '(?:github actions?(?: workflow)?|(?:ci|cd|ci\\/cd|build|release|lint|test|deploy) (?:pipeline|workflow)|workflow file|workflows?|ci|cron ?job|cron|dependabot|renovate|pre-commit hooks?|git hooks?|\\.github\\/workflows|gitlab-ci|circleci|jenkinsfile|jenkins|nightly (?:job|builds?)|stale ?bot|auto-?label\\w{0,4}|auto-?assign\\w{0,4}|scheduled job|automation|(?:issue|pr|pull request) (?:templates?|forms?))'

const OPERATIONS =
  'deploy|redeploy|dump|restart|reboot|run|execute|roll ?back|roll ?out|release|publish(?! (?:an? |the )?events?)|ship|provision|scale|rotate|back ?up|restore|install|spin up|tear down|shut ?down|ssh|drain|fail ?over|renew|purge|flush|promote|kill|revoke|wipe|terminate|vacuum|reindex|prune|free up|suspend|invite|grant|refund|charge|e-?mail (?:all|the|our|every|my)|send|tweet|notify|transfer|buy|purchase|pay'
export const OPERATION = `(?:${OPERATIONS})`
