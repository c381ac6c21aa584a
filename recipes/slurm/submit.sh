#!/bin/sh
# submit.sh SHARDS DIRECTORY DATABASE ARGUMENT...: submits the run `simrun ARGUMENT...` as an array of SHARDS tasks, and
# the job that merges them into DATABASE when all have ended, however they ended. Prints the numbers of both jobs.
# DIRECTORY and DATABASE are on a disk that all nodes see. SBATCH_PARTITION and the like are for sbatch.
set -eu
[ $# -ge 4 ] || { echo "usage: submit.sh SHARDS DIRECTORY DATABASE SIMRUN-ARGUMENT..." >&2; exit 2; }
shards=$1 directory=$2 database=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
export SIMRUN_RECIPES="${SIMRUN_RECIPES:-$(dirname "$here")}"
mkdir -p "$directory"
if [ -n "$(ls "$directory")" ]; then
    echo "submit.sh: $directory is not empty: parts of another run would be merged too" >&2
    exit 2
fi
array=$(sbatch --parsable --array="1-$shards" --output="$directory/task-%a.log" "$here/array.sbatch" "$directory" "$@")
merge=$(sbatch --parsable --dependency="afterany:$array" --output="$directory/merge.log" "$here/merge.sbatch" "$directory" "$database")
echo "array $array, merge $merge"
