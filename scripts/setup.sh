#!/usr/bin/env bash
# Brings everything that betpnl needs into the project folder. Safe to call again: each part
# leaves a stamp of what it was made from, and is skipped while that is unchanged.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() { printf 'betpnl setup: %s\n' "$*" >&2; exit 2; }
say() { printf '\n\033[1m[%s] %s\033[0m\n' "$(date +%H:%M:%S)" "$*"; }
stamp_of() { { pwd; cat "$@"; } | cksum; }
is_done() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

python_stamp=$(stamp_of requirements.lock setup.py)
jars_stamp=$(stamp_of pom.xml scripts/jars.sh)
stack_stamp=$(stamp_of requirements.lock pom.xml)

if is_done .venv/.stamp "$python_stamp" && is_done .cache/jars/.stamp "$jars_stamp" \
    && is_done .cache/.stamp "$stack_stamp"; then
    exit 0
fi

# -- what the machine must bring ---------------------------------------------------------
case "$PWD" in
    *[[:space:]]*) stop "Flink's start scripts do not take a blank in the path of this folder ($PWD); move it to a path without" ;;
esac
python=
for candidate in python3.11 python3; do
    if command -v "$candidate" >/dev/null \
        && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "Python 3.11 is not on the PATH (Flink's Python packages exist for no newer one); install it, on Debian 12 with: apt-get install python3.11 python3.11-venv"
"$python" -c 'import ensurepip, venv' 2>/dev/null \
    || stop "$python cannot make virtual environments; install its venv module, on Debian 12 with: apt-get install python3.11-venv"

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null \
    || stop "Java 17 is not there (looked for $java); install it, on Debian 12 with: apt-get install openjdk-17-jdk-headless"
java_major=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
case "$java_major" in
    17|21) ;;
    *) stop "Java 17 (or 21) is needed, but $java is version ${java_major:-unknown}; install 17 and point JAVA_HOME at it" ;;
esac
command -v mvn >/dev/null \
    || stop "Maven (mvn) is not on the PATH; install it, on Debian 12 with: apt-get install maven"

free_mb=$(df -Pk . | awk 'NR == 2 {print int($4 / 1024)}')
[ "$free_mb" -ge 3000 ] || [ -f .venv/.stamp ] \
    || stop "only $free_mb MB are free on this disk and setup needs 3000; make room or clone to another disk"

# -- Python packages ---------------------------------------------------------------------
if ! is_done .venv/.stamp "$python_stamp"; then
    say "Python packages into .venv/ (first time: 500 MB to fetch, 2 to 4 minutes)"
    .venv/bin/python -c '' 2>/dev/null && [ "$(cat .venv/.folder 2>/dev/null)" = "$PWD" ] \
        || { rm -rf .venv; "$python" -m venv .venv; pwd > .venv/.folder; }
    pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
    # Source packages are built with the locked setuptools, not with the newest of the day.
    awk '/^setuptools==/ {on = 1; print; next} on && /^ / {print; next} {on = 0}' \
        requirements.lock > .venv/setuptools.lock
    pip install --quiet --require-hashes -r .venv/setuptools.lock
    pip install --require-hashes --no-build-isolation --use-pep517 --progress-bar on \
        -r requirements.lock
    pip install --quiet --no-deps --no-build-isolation --editable .
    printf '%s\n' "$python_stamp" > .venv/.stamp
fi

# -- jars --------------------------------------------------------------------------------
if ! is_done .cache/jars/.stamp "$jars_stamp"; then
    say "Jars of Kafka, Debezium and Flink's connectors into .cache/jars/ (80 MB)"
    rm -rf .cache/jars
    mkdir -p .cache/jars
    scripts/jars.sh "$PWD/.cache/jars" \
        | sed -u -nE -e 's|.*Downloaded from [^ ]+ .*/([^/]+\.jar) \((.*)\).*|  \1 (\2)|p' -e '/ERROR/p' \
        || stop "Maven could not fetch the jars; see its message above, mend the network or mirror settings in ~/.m2/settings.xml, and run make setup again"
    printf '%s\n' "$jars_stamp" > .cache/jars/.stamp
fi

# -- Flink's home and a MySQL server -----------------------------------------------------
say "Flink's home and a MySQL server into .cache/"
.venv/bin/python -m betpnl.stack.prepare
printf '%s\n' "$stack_stamp" > .cache/.stamp
say "Setup is complete"
