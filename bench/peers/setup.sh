#!/usr/bin/env bash
# Makes an environment for each peer, below .cache/peers/: setup.sh [NAME...]; all if none is named.
# Each has packages of its own, as their demands exclude each other; betpnl itself is not installed
# there, but found by PYTHONPATH. Safe to call again: what is complete is skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=bench/peers

stop() { printf 'peers setup: %s\n' "$*" >&2; exit 2; }
[ -d .cache/jars ] || stop "run make setup first"
[ $# -gt 0 ] || set -- floor bytewax quix spark

for peer in "$@"; do
    folder=.cache/peers/$peer
    wanted=("$here/requirements-$peer.txt")
    [ -f "${wanted[0]}" ] || stop "there is no peer $peer; there are floor, bytewax, quix and spark"
    [ "$peer" != spark ] || wanted+=("$here/spark-pom.xml")
    stamp=$({ pwd; cat "${wanted[@]}"; } | cksum)
    [ "$(cat "$folder/.stamp" 2>/dev/null)" != "$stamp" ] || continue
    rm -rf "$folder"
    mkdir -p .cache/peers
    python3.11 -m venv "$folder"
    "$folder/bin/python" -m pip --disable-pip-version-check install --quiet -r "${wanted[0]}"
    if [ "$peer" = spark ]; then
        mvn --quiet --batch-mode -Dstyle.color=never -f "$here/spark-pom.xml" \
            "-Djars=$PWD/$folder/jars" generate-resources
    fi
    printf '%s\n' "$stamp" > "$folder/.stamp"
    printf 'peers setup: %s is ready\n' "$peer"
done
