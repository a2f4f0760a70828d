#!/bin/bash
# Installs the Debian packages that a profile needs and this machine lacks: tools/install.sh build|test [--check]
#
# The one list of packages of the project. When nothing is missing it says so without apt and without network (it
# asks dpkg alone). A package that is there in a newer version than Debian's is left alone, and so is a tool that
# came from elsewhere: an item "a|b" is content with either package, "cmd:x=p" with the command x or else package p.
# --check prints what is missing, one a line, and installs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

BUILD="cmd:gcc=gcc libc6-dev cmd:meson=meson cmd:ninja=ninja-build cmd:pkg-config=pkg-config cmd:node=nodejs cmd:npm=npm ca-certificates
libmicrohttpd-dev libwslay-dev libcurl4-openssl-dev libjansson-dev libsodium-dev libsqlite3-dev libpq-dev libarchive-dev libxml2-dev libseccomp-dev
libglib2.0-dev libutf8proc-dev libbrotli-dev zlib1g-dev poppler-utils tzdata"
# clang's runtime has the sanitizers; its package carries the version in its name on Debian 12 and not on 13.
TEST="$BUILD cmd:clang=clang libclang-rt-14-dev|libclang-rt-19-dev|libclang-rt-dev cmd:chromium=chromium wrk cmd:curl=curl procps sqlite3
python3 zip postgresql pgbouncer"

usage() { echo "usage: tools/install.sh build|test [--check]" >&2; exit 2; }
case ${1:-} in build) list=$BUILD ;; test) list=$TEST ;; *) usage ;; esac
case ${2:-} in ''|--check) check=${2:-} ;; *) usage ;; esac

command -v dpkg-query >/dev/null || {
  echo "This is not Debian, so packages are not installed for you. Needed: $(echo $list)" >&2; exit 1; }

have=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^.i  *//p')
installed() { grep -qxF "$1" <<<"$have"; }

# Alternatives of an item that is missing, or nothing.
missing() {
  local item=$1 one
  case $item in cmd:*) command -v "$(sed 's/^cmd://; s/=.*//' <<<"$item")" >/dev/null && return; item=${item#*=} ;; esac
  for one in ${item//|/ }; do if installed "$one"; then return; fi; done
  echo "$item"
}

want=()
for item in $list; do
  lack=$(missing "$item")
  [ -z "$lack" ] || want+=("$lack")
done
# The tests of vectors want pgvector, which is no package on Debian 12: a script of its own knows how.
vectors=
if [ "$1" = test ]; then vectors=$(tools/pgvector.sh --check); fi
if [ -n "$check" ]; then printf '%s\n' "${want[@]+"${want[@]}"}" $vectors | sed '/^$/d'; exit 0; fi
[ ${#want[@]} -gt 0 ] || [ -n "$vectors" ] || exit 0

root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "These packages are missing and need root: ${want[*]-} $vectors
Run as root: tools/install.sh $1" >&2; exit 1; }
  root=(sudo)
fi
apt() { "${root[@]+"${root[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"; }

apt update
names=()
for item in "${want[@]+"${want[@]}"}"; do
  for one in ${item//|/ }; do
    if apt-cache show "$one" >/dev/null 2>&1; then names+=("$one"); continue 2; fi
  done
  echo "apt knows no package ${item//|/ or }. Is this Debian 12 or 13, and is its main archive in /etc/apt?" >&2
  exit 1
done
[ ${#names[@]} = 0 ] || apt install --no-install-recommends "${names[@]}"
[ -z "$vectors" ] || "${root[@]+"${root[@]}"}" tools/pgvector.sh
