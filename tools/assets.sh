#!/bin/bash
# Builds the styles, scripts and icons that the binary embeds: tools/assets.sh OUTDIR [STAMP]
#
# Installs the npm packages when package-lock.json changed, then builds OUTDIR when a source changed.
# The second run does neither, and needs no network. Files in OUTDIR are rewritten only when they differ, and STAMP is
# touched only after a change.
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

# npm_install DIR COMMAND...: exact packages of DIR/package-lock.json by that npm, once for each state of that file.
npm_install() {
  local dir=$1 want
  shift
  want=$(sha256sum <"$dir/package-lock.json")
  [ "$(cat "$dir/node_modules/.installed" 2>/dev/null)" = "$want" ] && return
  (cd "$dir" && "$@" ci --no-audit --no-fund --ignore-scripts --loglevel=error 1>&2) || {
    echo "assets: npm could not install the packages of $dir/package-lock.json; is the npm registry reachable?" >&2
    return 1
  }
  printf '%s' "$want" >"$dir/node_modules/.installed"
}

# Tailwind's packages refuse Node older than 20, and npm leaves out what refuses the Node that it runs on: so there the
# newer Node also runs the npm that installs them. It keeps to the system's npm settings.
node=node
npm=(npm)
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  npm_install tools/node npm
  node=$(echo "$root"/tools/node/node_modules/node-linux-*/bin/node)
  [ -x "$node" ] || { echo "assets: no Node 20 or newer for this processor; install one and try again" >&2; exit 1; }
  [ -f node_modules/.installed ] || export npm_config_globalconfig=$(npm config get globalconfig 2>/dev/null)
  npm=("$node" "$root/tools/node/node_modules/npm/bin/npm-cli.js")
fi
npm_install . "${npm[@]}"

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
# The stamp is as new as the last change, so that a build which depends on it does nothing while nothing changed.
# The list of cities comes from the same packages.
cities=$(dirname "$out")/cities.tsv
if [ ! -f "$cities" ] || [ package-lock.json -nt "$cities" ] || [ tools/cities.mjs -nt "$cities" ]; then
  "$node" tools/cities.mjs "$cities"
  touch "$cities"
fi
if [ -n "$stamp_file" ] && [ ! "$stamp_file" -nt "$out.state" ]; then touch "$stamp_file"; fi
