# shellcheck shell=bash
# Sourced by the check scripts: what counts a check, and what waits for a daemon.

passed=0
failed=0

# check NAME COMMAND...: runs it, and says and counts how it went.
check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
    fi
}

# The last line of a script, and its status.
closing_line() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# await_url URL: until it answers with success, a minute at most.
await_url() {
    curl --silent --show-error --fail --output /dev/null --max-time 5 \
        --retry 60 --retry-delay 1 --retry-max-time 60 --retry-all-errors "$1"
}

# scrape_has_the_guides_names URL
scrape_has_the_guides_names() {
    local metrics name missing=0
    metrics=$(curl --silent --show-error --fail --max-time 5 "$1") || return 1
    for name in topics subscribers messages_published_total messages_delivered_total messages_inflight \
        wal_appends_total wal_bytes_total; do
        grep -qE "^$name [0-9]+$" <<<"$metrics" || {
            echo "no whole number '$name' in $1" >&2
            missing=1
        }
    done
    return "$missing"
}
