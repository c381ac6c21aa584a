#!/bin/sh
# parallel.sh SHARDS DATABASE ARGUMENT...: the run `simrun ARGUMENT...` in SHARDS parts under GNU parallel, merged into
# DATABASE. One part runs on one processor; other options of parallel, such as --sshlogin, come from PARALLEL (then
# this folder, the cases and TMPDIR must be on a disk that all machines share).
# Exit: 0 fine, 1 cases failed or parts are missing, else what the part that went wrong said.
set -eu
[ $# -ge 3 ] || { echo "usage: parallel.sh SHARDS DATABASE SIMRUN-ARGUMENT..." >&2; exit 2; }
shards=$1 database=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
parts=$(mktemp -d "${TMPDIR:-/tmp}/simrun-parallel.XXXXXX")
trap 'rm -rf "$parts"' EXIT
trap 'exit 130' INT TERM

# --quote: arguments reach simrun as they are. A part ends with 1 when cases failed, which is no failure of the part.
seq "$shards" | parallel --quote --joblog "$parts/log" --line-buffer --tagstring 'part {}' \
    "$here/shard.sh" "$parts/{}.db" --shard "{}/$shards" --jobs 1 "$@" || true
code=$(awk -v shards="$shards" 'NR > 1 && $7 > worst { worst = $7 }
    NR > 1 && $8 { worst = 128 + $8 }
    END { print (NR == shards + 1 ? worst + 0 : 3) }' "$parts/log")
[ "$code" -le 1 ] || exit "$code"
"${SIMRUN:-simrun}" merge --db "$database" "$parts"/*.db || exit
exit "$code"
