#!/bin/bash
# Builds the styles, scripts and icons that the binary embeds: tools/assets.sh OUTDIR [STAMP]
#
# Installs the npm packages when package-lock.json changed, then builds OUTDIR when a source changed.
# The second run does neither, and needs no network. Files in OUTDIR are rewritten only when they differ.
# Tailwind needs Node 20: where the system's is older (Debian 12), npm brings a newer one (tools/node).
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: tools/assets.sh OUTDIR [STAMP]" >&2; exit 2; }
case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
stamp_file=${2:-}
case $stamp_file in ''|/*) ;; *) stamp_file=$PWD/$stamp_file ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

for need in npm node; do
  command -v $need >/dev/null || { echo "assets: $need is not installed; ./run build installs it" >&2; exit 1; }
done

mkdir -p build
exec 9>build/assets.lock
flock 9

# npm_install DIR: exact packages of DIR/package-lock.json, once for each state of that file.
npm_install() {
  local dir=$1 want
  want=$(sha256sum <"$dir/package-lock.json")
  [ "$(cat "$dir/node_modules/.installed" 2>/dev/null)" = "$want" ] && return
  (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error 1>&2) || {
    echo "assets: npm could not install the packages of $dir/package-lock.json; is the npm registry reachable?" >&2
    return 1
  }
  printf '%s' "$want" >"$dir/node_modules/.installed"
}

npm_install .
node=node
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  npm_install tools/node
  node=$(echo "$root"/tools/node/node_modules/node-linux-*/bin/node)
  [ -x "$node" ] || { echo "assets: no Node 20 or newer for this processor; install one and try again" >&2; exit 1; }
fi

# Everything the output depends on: sources, templates (Tailwind reads their classes), packages.
inputs() {
  { find assets -type f -print0; find src -type f -name '*.html' -print0 2>/dev/null || true
    printf '%s\0' package-lock.json tools/assets.sh; } | LC_ALL=C sort -z | xargs -0 sha256sum
}
want=$(inputs | sha256sum)
if [ ! -f "$out/app.css" ] || [ "$(cat "$out.state" 2>/dev/null)" != "$want" ]; then
  "$node" assets/build.mjs "$out"
  printf '%s' "$want" >"$out.state"
fi
if [ -n "$stamp_file" ]; then touch "$stamp_file"; fi
