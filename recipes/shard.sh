#!/bin/sh
# shard.sh FILE ARGUMENT...: runs `simrun ARGUMENT...` for the shard that its arguments or the scheduler's variables
# name, and puts the database to FILE. SQLite wants a local disk and FILE is often on a shared one: the database is
# written below TMPDIR and moved to FILE when it is done, so FILE is whole or not there. Exits as simrun does.
set -eu
[ $# -ge 2 ] || { echo "usage: shard.sh FILE SIMRUN-ARGUMENT..." >&2; exit 2; }
file=$1
shift
scratch=$(mktemp -d "${TMPDIR:-/tmp}/simrun-shard.XXXXXX")
trap 'rm -rf "$scratch" "$file.part"' EXIT
trap 'exit 130' INT TERM

code=0
"${SIMRUN:-simrun}" --db "$scratch/shard.db" "$@" || code=$?
[ "$code" -le 1 ] || exit "$code" # 0 and 1 are verdicts about cases; the rest says that there is no whole answer
mkdir -p "$(dirname "$file")"
cp "$scratch/shard.db" "$file.part"
mv "$file.part" "$file"
exit "$code"
