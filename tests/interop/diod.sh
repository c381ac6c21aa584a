#!/bin/sh
# diod.sh SIMRUN: diod's clients against `simrun serve`, and `simrun p9` against diod, over a unix socket and TCP.
# Exit 0, 1 at the first thing that is not as it should be, 77 without diod.
set -eu

simrun=$1
PATH=$PATH:/usr/sbin
for tool in diod diodls diodcat; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done

tmp=$(mktemp -d)
servers=
cleanup() {
    for pid in $servers; do kill "$pid" 2>/dev/null || :; done
    wait 2>/dev/null || :
    rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

operations=0
fail() { echo "FAIL: $*"; exit 1; }
same() { # WHAT EXPECTED GOT
    operations=$((operations + 1))
    [ "$2" = "$3" ] || fail "$1: expected [$2], got [$3]"
}
code_of() { # the exit code of a command that says nothing here
    "$@" >/dev/null 2>&1 && echo 0 || echo $?
}
wait_for() { # a command that succeeds within five seconds
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$@" 2>/dev/null && return
        sleep 0.5
    done
    fail "never came: $*"
}

tree=$tmp/tree
mkdir -p "$tree/dir/sub" "$tree/wide" "$tmp/outside"
echo outside >"$tmp/outside/secret"
printf 'hello\n' >"$tree/file"
head -c 3000000 /dev/urandom >"$tree/large"
ln -s file "$tree/link"
ln -s ../outside "$tree/escape"
mkfifo "$tree/fifo"
i=0
while [ $i -lt 500 ]; do
    : >"$tree/wide/entry-with-a-longer-name-$i"
    i=$((i + 1))
done
top='dir
escape
fifo
file
large
link
wide'

# ------------------------------------------------------------- diod's clients, our server

"$simrun" serve --listen "$tmp/sock" --listen 127.0.0.1:0 "$tree" >"$tmp/serve.out" 2>&1 &
ours=$!
servers=$ours
wait_for grep -q '127.0.0.1:[0-9]' "$tmp/serve.out"
tcp=$(sed -n 's/.* on \(127.0.0.1:[0-9]*\),.*/\1/p' "$tmp/serve.out")

for address in "$tmp/sock" "$tcp"; do
    same "diodls $address" "$top" "$(diodls -s "$address" -a / 2>&1 | LC_ALL=C sort)"
    diodls -l -s "$address" -a / >"$tmp/long" 2>&1
    same "diodls -l: lines" 9 "$(wc -l <"$tmp/long")"
    same "diodls -l: complaints" 0 "$(grep -c npc_ "$tmp/long" || :)"
    same "diodls of a wide directory" 500 "$(diodls -s "$address" -a / wide | wc -l)"
    same "diodcat, small" hello "$(diodcat -s "$address" -a / file)"
    diodcat -s "$address" -a / large | cmp - "$tree/large" || fail "diodcat of a large file"
    same "diodcat of what is not there" 1 "$(code_of diodcat -s "$address" -a / none)"
    same "a link is not followed out" 1 \
        "$(code_of diodcat -s "$address" -a / escape/secret)"
    operations=$((operations + 1))
done

# --------------------------------------------------- our client, our server, both dialects

for protocol in 9P2000.L 9P2000.L.Google.6; do
    same "ls as $protocol" "$top" "$("$simrun" p9 ls --protocol $protocol "$tcp" | tr -d /)"
    same "put into a read-only tree as $protocol" 1 \
        "$(echo x | code_of "$simrun" p9 put --protocol $protocol "$tcp" new)"
done
[ ! -e "$tree/new" ] || fail "a read-only server wrote"

kill -TERM $ours
wait $ours || fail "serve ended with $?"
[ ! -e "$tmp/sock" ] || fail "serve left its socket behind"
servers=

# ------------------------------------------------------------------- our client, diod

port=$((20000 + $$ % 20000))
diod -f -n -N -l "$tmp/diod.sock" -l "127.0.0.1:$port" -e "$tree" -L "$tmp/diod.log" -c /dev/null -d 1 \
    >/dev/null 2>&1 &
servers=$!
wait_for test -S "$tmp/diod.sock"

# p9 ACTION ADDRESS [PATH [FILE]]
p9() { "$simrun" p9 --aname "$tree" "$@"; }
for address in "$tmp/diod.sock" "127.0.0.1:$port"; do
    wait_for p9 stat "$address" / >/dev/null
    same "ls" "$top" "$(p9 ls "$address" | tr -d /)"
    same "ls -l" 7 "$(p9 ls -l "$address" / | wc -l)"
    same "ls of a wide directory" 500 "$(p9 ls "$address" wide | wc -l)"
    same "stat" "mode   0120777 lrwxrwxrwx" "$(p9 stat "$address" link | head -1)"
    same "stat: target" "target -> file" "$(p9 stat "$address" link | tail -1)"
    same "cat" hello "$(p9 cat "$address" file)"
    p9 cat "$address" large | cmp - "$tree/large" || fail "cat of a large file"
    same "tree" 509 "$(p9 tree "$address" | wc -l)"
    p9 put "$address" dir/put "$tree/large"
    cmp "$tree/dir/put" "$tree/large" || fail "put"
    echo short | p9 put "$address" dir/put
    same "put over" short "$(cat "$tree/dir/put")"
    same "missing" 1 "$(code_of p9 cat "$address" none)"
    same "a FIFO is not opened" 1 "$(code_of p9 cat "$address" fifo)"
    p9 bench --turns 1000 "$address" large >"$tmp/bench" || fail "bench"
    sed "s|^|$address: |" "$tmp/bench"
    rm "$tree/dir/put"
    operations=$((operations + 3))
done
grep -q "version 'unknown'\|unsupported version" "$tmp/diod.log" || fail "diod was not asked twice"
echo "diod: $operations operations as they should be"
