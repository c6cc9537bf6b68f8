/**
 * Files and directories at a repository's root with which coding agents, editors and git helpers run code, start
 * servers or grant themselves rights. Instructions in prose (AGENTS.md and the like) are not among them: changing
 * those is work that a person may ask for and approve.
 * Source of the rule: SPEC 7.2; the reports behind it are CVE-2025-59536, CVE-2026-21852 and CVE-2026-25725.
 */
export const AGENT_CONFIG_PATHS = [
  '.agents',
  '.claude',
  '.claude.json',
  '.codex',
  '.continue',
  '.copilot',
  '.cursor',
  '.envrc',
  '.gemini',
  '.github/copilot',
  '.github/hooks',
  '.github/mcp.json',
  '.gitmodules',
  '.husky',
  '.mcp.json',
  '.opencode',
  '.vscode',
  '.zed',
  'opencode.json',
  'opencode.jsonc',
] as const
