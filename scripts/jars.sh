#!/usr/bin/env bash
# Fetches jars by the project's pom.xml: jars.sh FOLDER [more arguments for Maven]
set -euo pipefail
jars=$1
shift
arguments=(--batch-mode -Dstyle.color=never -f "$(dirname "$0")/../pom.xml" "-Djars=$jars" "$@" generate-resources)
# Java takes the home folder from the system's list of users, where one may have none.
home=$(getent passwd "$(id -u)" | cut -d: -f6 || true)
if [ ! -w "${home:-/nonexistent}" ]; then
    arguments+=("-Dmaven.repo.local=$jars/../m2")
fi
exec mvn "${arguments[@]}"
