#!/usr/bin/env bash
# Builds the microbenchmarks and runs them, eleven minutes for all. Shows time and allocation per operation. Arguments are JMH's:
#
#   bench/micro.sh                                   all of them
#   bench/micro.sh LiveLog                           those whose name matches
#   bench/micro.sh -wi 2 -i 3 -f 1 -w 1 -r 1         a quick look at all, in four minutes
#   bench/micro.sh -h                                what else there is
set -euo pipefail

cd "$(dirname "$0")/.."
exec mvn -q -B -Pjmh -DskipTests verify -pl bench/jmh -am "-Djmh.args=$*"
