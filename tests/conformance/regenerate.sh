#!/bin/sh
# SIMRUN DIRECTORY: each generated suite is what the command on its first line makes.
set -eu
simrun=$1 directory=$2
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for suite in "$directory"/*.jsonl; do
    command=$(sed -n '1s/.*"comment": "simrun \(gen [^(]*\) (generator [0-9]*)".*/\1/p' "$suite")
    [ -n "$command" ] || {
        echo "$suite: the first line tells no command"
        exit 1
    }
    # shellcheck disable=SC2086 # words of our own
    "$simrun" $command >"$out"
    cmp "$out" "$suite"
done
