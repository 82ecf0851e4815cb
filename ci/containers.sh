#!/usr/bin/env bash
# Builds the image and runs the compose file as it stands, where a container engine is present; says so where none is.
# Settings: BLIPMQ_BUILD_OPTIONS, more options of "docker build", such as --network=host.
set -euo pipefail

cd "$(dirname "$0")/.."
checkout=$PWD
# shellcheck source=ci/checks.sh
. ci/checks.sh

if ! docker info >/dev/null 2>&1; then
    echo "skipped: no container engine answers here (docker info)"
    exit 0
fi
if docker compose version >/dev/null 2>&1; then
    compose="docker compose"
elif command -v docker-compose >/dev/null; then
    compose=docker-compose
else
    echo "skipped: the engine has no compose"
    exit 0
fi
if docker container inspect blipmq >/dev/null 2>&1; then
    echo "a container named blipmq exists already; remove it first" >&2
    exit 1
fi

uid=10001
key=prod-key-1
# The compose file is used in a directory of its own: what it mounts is beside it, and what it writes goes with it.
work=$(mktemp -d)
clean_up() {
    compose down --timeout 10 >/dev/null 2>&1 || :
    give_data_to "$(id -u):$(id -g)" >/dev/null 2>&1 || :
    rm -rf "$work"
}
trap clean_up EXIT

compose() {
    (cd "$work" && $compose --project-name blipmq-check "$@")
}

build_image() {
    # shellcheck disable=SC2086
    docker build ${BLIPMQ_BUILD_OPTIONS-} -t blipmq:latest "$checkout"
}

# What "sudo chown" does, without sudo.
give_data_to() {
    docker run --rm --user 0 --volume "$work/data:/data" --entrypoint chown blipmq:latest -R "$1" /data
}

an_unwritable_data_directory_is_explained() {
    local text status=0
    give_data_to 0:0
    text=$(compose run --rm -T blipmq 2>&1) || status=$?
    [ "$status" -ne 0 ] && grep -q "$uid" <<<"$text" && grep -q "install -d -o $uid" <<<"$text" && return
    printf 'status %s, and it said:\n%s\n' "$status" "$text" >&2
    return 1
}

start_container() {
    compose up -d && await_health
}

await_health() {
    local tries health
    for ((tries = 0; tries < 90; tries++)); do
        health=$(docker container inspect --format '{{.State.Health.Status}}' blipmq)
        [ "$health" != healthy ] || return 0
        sleep 1
    done
    docker logs --tail 50 blipmq >&2
    return 1
}

# HELLO through the published port, byte by byte as in docs/protocol.md: an ACK frame (type 05) with its correlation id comes back.
handshake_from_the_host() {
    local answer
    answer=$(
        exec 3<>/dev/tcp/127.0.0.1/5555
        printf '\x00\x00\x00\x0b\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01' >&3
        timeout 10 head --bytes=21 <&3 | od -An -v -tx1 | tr -d ' \n'
    )
    [ "$answer" = 000000110500000000000000010000000000000000 ]
}

blipmq() {
    docker exec --env "BLIPMQ_KEY=$key" blipmq blipmq "$@"
}

runs_as_the_user_and_as_process_1() {
    [ "$(docker exec blipmq id -u)" = "$uid" ] && docker exec blipmq grep -qz java /proc/1/cmdline
}

a_memory_limit_bounds_the_heap() {
    local small tries status=0
    small=$(docker run --detach --memory 256m blipmq:latest)
    # Until the launcher has given its place to the JVM.
    for ((tries = 0; tries < 50; tries++)); do
        ! docker exec "$small" grep -qz -- -Xmx /proc/1/cmdline || break
        sleep 0.2
    done
    docker exec "$small" grep -qz -- '^-Xmx128m$' /proc/1/cmdline || status=1
    docker rm --force "$small" >/dev/null
    return "$status"
}

publish() {
    # Makes the durable subscription.
    blipmq subscribe check --name check && blipmq pub check "kept over a restart" --qos 1
}

stop_container() {
    docker stop --time 30 blipmq >/dev/null
    local status
    status=$(docker container inspect --format '{{.State.ExitCode}}' blipmq)
    [ "$status" -eq 0 ] || docker logs --tail 50 blipmq >&2
    return "$status"
}

the_message_is_there() {
    [ "$(blipmq sub check --name check --count 1 --timeout 10)" = "kept over a restart" ]
}

mkdir "$work/config" "$work/data"
cp docker-compose.yaml "$work"
cp config/blipmq-prod.toml "$work/config"

check "the compose file is accepted" compose config --quiet
check "docker build" build_image
if [ "$failed" -eq 0 ]; then
    check "an unwritable data directory is explained with uid and command" an_unwritable_data_directory_is_explained
    give_data_to "$uid:$uid"
    check "a memory limit bounds the heap" a_memory_limit_bounds_the_heap
    check "compose up becomes healthy" start_container
    check "runs as uid $uid and as process 1" runs_as_the_user_and_as_process_1
    check "a handshake from the host" handshake_from_the_host
    check "blipmq ping" blipmq ping
    check "a message at QoS 1 is confirmed" publish
    check "the scrape has the guide's seven names" scrape_has_the_guides_names http://127.0.0.1:9100/metrics
    check "docker stop ends the daemon with status 0" stop_container
    check "compose up again becomes healthy" start_container
    check "the confirmed message is there" the_message_is_there
fi
closing_line
