#!/bin/bash
# Installs pgvector for the newest PostgreSQL server on this Debian: tools/pgvector.sh [--check]
#
# Debian 13 has it as a package. Debian 12 has none, so Debian 13's source package is fetched, by apt and with apt's checks (the signature of
# the release file with Debian's keyring, the hashes in it), from lists of its own in a temporary directory: the system's sources stay as they are.
# It is built without the options that would tie it to this machine's processor. --check prints pgvector when it is missing and installs nothing.
# Needs root, except for --check.
set -euo pipefail
LEAST=0.8

# "" without a server.
version=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sed 's|.*postgresql/||; s|/.*||' | sort -V | tail -n 1) || true
control=/usr/share/postgresql/${version:-none}/extension/vector.control
is_there() {
  [ -f "$control" ] || return 1
  local have
  have=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$control")
  [ "$(printf '%s\n' "$LEAST" "$have" | sort -V | head -n 1)" = "$LEAST" ]
}
if [ "${1:-}" = --check ]; then is_there || echo pgvector; exit 0; fi
[ $# = 0 ] || { echo "usage: tools/pgvector.sh [--check]" >&2; exit 2; }
is_there && exit 0
[ -n "$version" ] || { echo "There is no PostgreSQL server here: install postgresql first." >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "Installing pgvector needs root." >&2; exit 1; }
apt() { env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"; }

if apt-cache show "postgresql-$version-pgvector" >/dev/null 2>&1; then
  apt install --no-install-recommends "postgresql-$version-pgvector"
  is_there && exit 0
  echo "The package postgresql-$version-pgvector is older than $LEAST: Debian 13's source is built instead."
fi

apt install --no-install-recommends "postgresql-server-dev-$version" dpkg-dev gcc libc6-dev make
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
cat >"$dir/debian.sources" <<EOF
Types: deb-src
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
own=(-o "Dir::Etc::sourcelist=$dir/debian.sources" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache"
     -o APT::Sandbox::User=root -o Acquire::AllowInsecureRepositories=false)
apt "${own[@]}" update
(cd "$dir" && apt "${own[@]}" source pgvector)
build=(make -C "$(ls -d "$dir"/pgvector-*/)" "PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config" OPTFLAGS= with_llvm=no)
"${build[@]}" -j"$(nproc)"
"${build[@]}" install
is_there || { echo "pgvector was built and is still not at $control." >&2; exit 1; }
