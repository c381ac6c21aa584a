#!/bin/sh
# SIMRUN GOLDEN: a wrong expectation must be reported, or all the other tests prove nothing.
set -eu
simrun=$1 golden=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
gzip -dc "$golden/options.jsonl.gz" | head -n 1 >"$out/options.jsonl"
cp "$golden/subtrees.json" "$out/"

# expect_exit WANT WHAT: the exit code of the suite as it stands.
expect_exit() {
    code=0
    "$simrun" --no-db --quiet "$out/options.jsonl" >"$out/log" 2>&1 || code=$?
    [ "$code" = "$1" ] || {
        cat "$out/log"
        echo "$2: exit $code, want $1"
        exit 1
    }
}

gzip -dc "$golden/options.expected.jsonl.gz" | head -n 1 >"$out/right"
cp "$out/right" "$out/options.expected.jsonl"
expect_exit 0 'the recorded line'
for change in 's/"fds_left": *0/"fds_left": 7/' 's/"result": *"ok"/"result": "error"/' \
    's/"mode": *"0755"/"mode": "0754"/' 's/Mounting root/Mounted root/'; do
    sed "$change" "$out/right" >"$out/options.expected.jsonl"
    if cmp -s "$out/right" "$out/options.expected.jsonl"; then
        echo "$change changes nothing"
        exit 1
    fi
    expect_exit 1 "$change"
    grep -q 'options/00000' "$out/log" || {
        echo "$change: the failing case is not named"
        exit 1
    }
done
