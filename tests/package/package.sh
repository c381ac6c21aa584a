#!/bin/sh
# package.sh DEB...: lintian finds no error in the packages; installed together into a scratch root by dpkg they work
# there: the command replays a spec, a program is built with the library; removed, they leave nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "package: $*" >&2; exit 1; }
[ $# -eq 2 ] || fail "want two packages, simrun and libsimrun-dev, not $#: $*"

lintian --fail-on error,warning "$@" || fail "lintian complains"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"
names=$(for deb in "$@"; do dpkg-deb -f "$deb" Package Version | sed 's/.*: //' | tr '\n' ' '; done)
as_root=
[ "$(id -u)" = 0 ] || as_root=fakeroot
# What they depend on stands on this machine, not in the scratch root.
into() { $as_root dpkg --root="$root" --log="$scratch/dpkg.log" --force-depends "$@" >"$scratch/out" 2>&1 || { cat "$scratch/out"; fail "dpkg $*"; }; }

dpkg-deb -f "$2" Depends | grep -q libc6 || dpkg-deb -f "$1" Depends | grep -q libc6 || fail "no dependency on libc6"
into --install "$@"
for file in bin/simrun share/man/man1/simrun.1.gz share/man/man1/simrun-diff.1.gz share/man/man5/simrun-suite.5.gz \
    share/man/man5/simrun-db.5.gz share/bash-completion/completions/simrun share/zsh/vendor-completions/_simrun \
    share/fish/vendor_completions.d/simrun.fish share/doc/simrun/copyright share/doc/simrun/changelog.gz \
    share/doc/libsimrun-dev/copyright share/doc/simrun/examples/shard.sh; do
    [ -s "$root/usr/$file" ] || fail "no /usr/$file"
done

cd "$scratch"
echo '{"ociVersion": "1.0.0", "process": {"args": ["sh"], "cwd": "/"}, "root": {"path": "rootfs"}, "mounts": [{"destination": "/data", "type": "tmpfs"}]}' >config.json
"$root/usr/bin/simrun" --no-db --format jsonl config.json >result.jsonl 2>err.txt || { cat err.txt; fail "the command failed"; }
grep -q '"path": *"/data"' result.jsonl || fail "no /data in the result"

pc=$(find "$root" -name simrun-model.pc)
export PKG_CONFIG_PATH="${pc%/*}"
# shellcheck disable=SC2046
cc -std=c17 -Wall -Werror $(pkg-config --cflags simrun-model) -o consumer "$here/../install/consumer.c" $(pkg-config --libs simrun-model)
./consumer | diff -u "$here/../install/consumer.expected" - || fail "the program made with the library prints another tree"

into --purge libsimrun-dev simrun
left=$(find "$root/usr" 2>/dev/null || true)
[ -z "$left" ] || fail "left after removal: $left"
echo "packages: ${names}install, work and go"
