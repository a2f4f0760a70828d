#!/bin/bash
# Proves the two commands on a machine that has nothing: tests/fresh-machine/fresh.sh 12|13 [run|test]
#
# Makes a fresh root of Debian 12 (bookworm) or 13 (trixie) with debootstrap under build/fresh, copies a clean clone of this
# repository into it, and runs ./run build and one start (run, the default) or ./test (test) there as root. Needs root and the
# network. Settings of the machine that a fresh root cannot know are passed in: its certificate file (NODE_EXTRA_CA_CERTS), its
# npm settings (npm_config_*, ~/.npmrc) and its proxies.
set -euo pipefail
cd "$(dirname "$0")/../.."

case ${1:-} in 12) suite=bookworm ;; 13) suite=trixie ;; *) echo "usage: tests/fresh-machine/fresh.sh 12|13 [run|test]" >&2; exit 2 ;; esac
what=${2:-run}
[ "$(id -u)" = 0 ] || { echo "fresh: debootstrap and chroot need root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "fresh: install debootstrap first (apt-get install debootstrap)" >&2; exit 1; }

base=$PWD/build/fresh
root=$base/$suite
mkdir -p "$base"
cleanup() { for at in dev/pts dev proc sys; do mountpoint -q "$root/$at" && umount -l "$root/$at"; done; true; }
trap cleanup EXIT

if [ -d "$root" ]; then cleanup; rm -rf "$root"; fi
if [ ! -f "$base/$suite.tar" ]; then
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root"
  tar -C "$root" -cf "$base/$suite.tar" .
else
  mkdir -p "$root" && tar -C "$root" -xf "$base/$suite.tar"
fi

mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys" && mount --make-rslave "$root/sys"
mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cat >"$root/etc/apt/sources.list" <<LIST
deb http://deb.debian.org/debian $suite main
deb http://deb.debian.org/debian $suite-updates main
deb http://deb.debian.org/debian-security $suite-security main
LIST
for conf in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf; do [ -f "$conf" ] && cp "$conf" "$root/etc/apt/apt.conf.d/"; done
[ -f ~/.npmrc ] && cp ~/.npmrc "$root/root/.npmrc"
[ -f "${NPM_CONFIG_GLOBALCONFIG:-/nonexistent}" ] && cp "$NPM_CONFIG_GLOBALCONFIG" "$root/etc/npmrc-of-host"

keep=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb CI=true)
if [ -f "${NODE_EXTRA_CA_CERTS:-}" ]; then
  cp "$NODE_EXTRA_CA_CERTS" "$root/etc/host-ca.pem"
  keep+=(NODE_EXTRA_CA_CERTS=/etc/host-ca.pem SSL_CERT_FILE=/etc/host-ca.pem)
fi
while IFS= read -r line; do keep+=("$line"); done < <(env | grep -iE '^(https?_proxy|no_proxy|npm_config_[a-z_]*)=' || true)

git clone -q --no-hardlinks . "$root/src"
inside() { chroot "$root" /usr/bin/env -i "${keep[@]}" bash -c "cd /src && $1"; }

echo "== Debian $(cat "$root/etc/debian_version"), a clean clone at $(git rev-parse --short HEAD)"
case $what in
  test) inside './test' ;;
  run)
    inside './run build'
    inside './build/release/careerprep doctor --data /tmp/data; ./build/release/careerprep migrate --data /tmp/data && ./build/release/careerprep doctor --data /tmp/data'
    inside 'LISTEN=127.0.0.1:18080 ./run & for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/18080) 2>/dev/null && break; sleep 0.1; done
      exec 3<>/dev/tcp/127.0.0.1/18080; printf "GET /healthz HTTP/1.0\r\n\r\n" >&3; head -n 1 <&3; kill %1; wait'
    ;;
  *) echo "fresh: run or test, not $what" >&2; exit 2 ;;
esac
