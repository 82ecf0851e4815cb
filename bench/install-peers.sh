#!/bin/sh
# Installs what bench/suite.py compares with, from the distribution's packages (Debian 12, Ubuntu 22.04), and does not start any of it.
set -eu
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"
export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends gcc libc6-dev python3 nats-server redis-server mosquitto
