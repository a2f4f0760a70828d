#!/bin/bash
# Runs Node 20 or newer: the system's, or the one that tools/assets.sh brought (Debian 12 ships 18).
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then exec tools/node/node_modules/node-linux-*/bin/node "$@"; fi
exec node "$@"
