#!/bin/sh
# manual.sh DIR SIMRUN MAKE_MANUAL VERSION DATE SUITE_PAGE SQL...: manual pages and completion scripts into DIR.
set -eu
dir=$1 simrun=$2 make_manual=$3 version=$4 date=$5 suite=$6
shift 6
rm -rf "$dir"
mkdir -p "$dir/man1" "$dir/man5" "$dir/completion"
"$make_manual" "$dir/man1" "$version" "$date" "$@"
mv "$dir/man1/simrun-db.5" "$dir/man5"
cp "$suite" "$dir/man5"
gzip -9nk "$dir"/man1/*.1 "$dir"/man5/*.5
"$simrun" completion bash >"$dir/completion/simrun"
"$simrun" completion zsh >"$dir/completion/_simrun"
"$simrun" completion fish >"$dir/completion/simrun.fish"
touch "$dir/made"
