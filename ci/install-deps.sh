#!/bin/sh
# Installs what building and running BlipMQ from a checkout needs, where it is missing: a JDK 17 or newer, Maven, curl;
# and strace, without which the tests of faults at system calls are skipped.
# For Debian and Ubuntu; needs root or sudo only when something is missing.
set -eu

packages=
command -v javac >/dev/null || packages="$packages openjdk-17-jdk-headless"
command -v mvn >/dev/null || packages="$packages maven"
command -v curl >/dev/null || packages="$packages curl"
command -v strace >/dev/null || packages="$packages strace"

if [ -z "$packages" ]; then
    echo "nothing to install: a JDK, Maven, curl and strace are here"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "install these by hand:$packages" >&2
    exit 1
fi
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
