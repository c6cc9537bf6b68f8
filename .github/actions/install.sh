#!/usr/bin/env bash
# First step of every action here: what the supervisor needs on a runner. Nothing of the caller's checkout is run or read.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

# What is there already was installed by an earlier step of the same job.
[ -d "$root/node_modules/@prisma/client" ] || npm ci --prefix "$root" --no-audit --no-fund

if ! command -v bwrap >/dev/null; then
  sudo apt-get update -qq
  sudo apt-get install -y -qq bubblewrap
fi

# Ubuntu 24.04 forbids user namespaces to every program without a profile. Ours allows them to bubblewrap alone.
restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ -e "$restricted" ] && [ "$(cat "$restricted")" = 1 ] && ! bwrap --unshare-user --ro-bind / / true 2>/dev/null; then
  printf 'abi <abi/4.0>,\ninclude <tunables/global>\nprofile supervisor-bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n' |
    sudo tee /etc/apparmor.d/supervisor-bwrap >/dev/null
  sudo apparmor_parser -r /etc/apparmor.d/supervisor-bwrap
fi
