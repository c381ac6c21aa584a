#!/bin/sh
# SIMRUN PYTHON GOLDEN SUITE: replays a suite and has its result lines judged by compare.py.
set -eu
simrun=$1 python=$2 golden=$3 suite=$4
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# Exit 1 means that simrun's own comparison failed; here the other one judges.
"$simrun" --no-db --format jsonl "$golden/$suite.jsonl.gz" >"$out/actual.jsonl" || [ $? = 1 ]
"$python" -B "$golden/compare.py" "$golden/$suite.expected.jsonl.gz" "$out/actual.jsonl"
