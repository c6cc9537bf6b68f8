#!/usr/bin/env bash
# The supervisor of this checkout, with the Node that it brings along: `supervisor.sh ci verify`.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
exec "$root/node_modules/.bin/node" "$root/src/main.ts" "$@"
