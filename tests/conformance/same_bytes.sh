#!/bin/sh
# SIMRUN PATH...: the result lines are the same bytes whatever the number of workers, and again.
set -eu
simrun=$1
shift
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for jobs in 0 1 2 5; do
    "$simrun" --no-db --format jsonl -j "$jobs" "$@" >"$out/$jobs.jsonl"
    [ -s "$out/$jobs.jsonl" ]
    [ -f "$out/first.jsonl" ] || cp "$out/$jobs.jsonl" "$out/first.jsonl"
    cmp "$out/first.jsonl" "$out/$jobs.jsonl" || {
        echo "-j $jobs gives other bytes than -j 0"
        exit 1
    }
done
