#!/bin/sh
# install.sh CMAKE BUILD CC: installs BUILD below a scratch prefix, and uses what is there as a stranger would: the
# command replays a spec, and a small program is built with pkg-config, and with find_package, and prints a tree.
set -eu
cmake=$1 build=$2 cc=$3
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/usr
fail() { echo "install: $*" >&2; exit 1; }

command -v pkg-config >/dev/null || { echo "no pkg-config on this machine"; exit 77; }
"$cmake" --install "$build" --prefix "$prefix" >"$scratch/log" || { cat "$scratch/log"; fail "cmake --install failed"; }

cd "$scratch"
echo '{"ociVersion": "1.0.0", "process": {"args": ["sh"], "cwd": "/"}, "root": {"path": "rootfs"}, "mounts": [{"destination": "/data", "type": "tmpfs"}]}' >config.json
"$prefix/bin/simrun" --no-db --format jsonl config.json >result.jsonl 2>err.txt || { cat err.txt; fail "the installed command failed"; }
grep -q '"path": *"/data"' result.jsonl || fail "no /data in the result of the installed command"

# The build's place is nobody's business.
source=$(cd "$here/../.." && pwd)
found=$(grep -rlF -e "$source/" -e "$build/" "$prefix" || true)
[ -z "$found" ] || fail "these installed files name the build's place: $found"

# Every header compiles alone, with nothing but what pkg-config says.
pc="$(find "$prefix" -name simrun-model.pc)"
export PKG_CONFIG_PATH="${pc%/*}"
flags() { pkg-config "$@" simrun-model; }
(cd "$prefix/include" && find simrun -name '*.h') >headers
while read -r header; do
    # shellcheck disable=SC2046
    echo "#include <$header>" | "$cc" -std=c17 $(flags --cflags) -fsyntax-only -x c - || fail "$header does not compile alone"
done <headers

# shellcheck disable=SC2046
"$cc" -std=c17 -Wall -Werror $(flags --cflags) -o consumer "$here/consumer.c" $(flags --libs)
./consumer >tree.txt
diff -u "$here/consumer.expected" tree.txt || fail "the program built with pkg-config prints another tree"

mkdir project
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(consumer C)
find_package(simrun-model REQUIRED)
add_executable(consumer $here/consumer.c)
target_link_libraries(consumer simrun::model)
END
"$cmake" -G Ninja -S project -B project/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" >cmake.log 2>&1 &&
    "$cmake" --build project/build >>cmake.log 2>&1 || { cat cmake.log; fail "find_package does not work"; }
project/build/consumer | diff -u "$here/consumer.expected" - || fail "the program built with find_package prints another tree"
echo "installed $(find "$prefix" -type f | wc -l) files; $(wc -l <headers) headers; the command, pkg-config and find_package work"
