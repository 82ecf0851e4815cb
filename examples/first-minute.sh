#!/usr/bin/env bash
# Publishes a real text of at least 100,000 lines, kills the daemon with -9 in the middle and starts it again, while the publisher
# waits and goes on, and checks that every line is there and that none is out of order.
#
#   examples/first-minute.sh [FILE]
#
# Without a FILE the text is made of what this machine has: its word list, the JDK's own sources, or the code of the JDK's classes.
# It runs a daemon of its own, on free ports and in a temporary directory, and leaves nothing behind. Of BlipMQ's variables it
# heeds those of the launchers alone.
set -euo pipefail

for variable in "${!BLIPMQ_@}" RUST_LOG; do
    case $variable in
        BLIPMQ_JAVA_HOME | BLIPMQ_JAVA_OPTS) ;;
        *) unset "$variable" ;;
    esac
done

home=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
daemon=
finish() {
    [ -z "$daemon" ] || { kill -9 "$daemon" && wait "$daemon"; } 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "== $*"; }
fail() {
    printf '%s\n' "FAILED: $*" >&2
    cat "$work"/daemon*.log >&2
    exit 1
}

# --- a text, each line with its number, so that a missing, doubled or moved one shows ---

java_home() {
    dirname "$(dirname "$(readlink -f "$(command -v javac || command -v java)")")"
}

make_text() {
    local jdk words=/usr/share/dict/words
    jdk=$(java_home)
    if [ -r "$words" ] && [ "$(wc -l <"$words")" -ge 100000 ]; then
        cat "$words"
    elif [ -r "$jdk/lib/src.zip" ] && command -v unzip >/dev/null; then
        unzip -p "$jdk/lib/src.zip" 'java.base/java/util/*'
    else
        "$jdk/bin/jimage" list "$jdk/lib/modules" \
            | sed -n 's,^ *\(java/util/\(concurrent/\)\{0\,1\}[A-Za-z]*\)\.class$,\1,p' | tr / . >"$work/classes"
        xargs "$jdk/bin/javap" -p -c --module java.base <"$work/classes" | awk 'NR <= 200000'
    fi
}

say "making a text"
{ if [ $# -gt 0 ]; then cat -- "$1"; else make_text; fi; } | awk '{ printf "%07d %s\n", NR, $0 }' >"$work/text"
lines=$(wc -l <"$work/text")
[ "$lines" -ge 100000 ] || fail "the text has $lines lines; give a file of at least 100,000"
say "$lines lines, such as: $(sed -n '100000p' "$work/text")"

# --- the daemon ---

export BLIPMQ_KEY=first-minute BLIPMQ_URL
# The system chooses the ports. Which they are only the log says, at info, in the line that comes when /readyz says yes.
export BLIPMQ_LOG=info
start_daemon() { # name of its log, port
    BLIPMQ_WAL_PATH=$work/wal BLIPMQ_ALLOWED_API_KEYS=$BLIPMQ_KEY BLIPMQ_PORT=$2 BLIPMQ_METRICS_PORT=0 \
        "$home/bin/blipmqd" >"$work/$1" 2>&1 &
    daemon=$!
    local address=
    for _ in $(seq 600); do
        address=$(sed -n 's/.*is ready after.*clients on \([^,]*\),.*/\1/p' "$work/$1")
        [ -z "$address" ] || break
        kill -0 "$daemon" 2>/dev/null || fail "the daemon did not start"
        sleep 0.1
    done
    [ -n "$address" ] || fail "the daemon is not ready"
    BLIPMQ_URL=blip://$address
}

say "starting the daemon (fsync_policy always), and a durable subscription"
start_daemon daemon1.log 0
"$home/bin/blipmq" subscribe first-minute --name reader

say "publishing; the daemon is killed with -9 when half of the lines are on their way"
victim=$daemon
half=$((lines / 2))
awk -v half="$half" -v kill="kill -9 $victim" '{ print } NR == half { fflush(); system(kill) }' "$work/text" \
    | "$home/bin/blipmq" pub first-minute >"$work/pub.out" 2>&1 &
publisher=$!
{ wait "$victim"; } 2>/dev/null || true
daemon=

say "starting it again; the publisher connects again and goes on"
start_daemon daemon2.log "${BLIPMQ_URL##*:}"
grep -E 'recovered|cut ' "$work/daemon2.log" || fail "the start did not recover the log"
wait "$publisher" || fail "the publisher gave up: $(cat "$work/pub.out")"
cat "$work/pub.out"

# --- what arrived ---

say "reading everything back"
stored=$("$home/bin/blipmq" subs --json | sed -n 's/.*"backlog":\([0-9]*\).*/\1/p')
"$home/bin/blipmq" sub first-minute --name reader --count "$stored" --timeout 30 2>/dev/null >"$work/got"
# Lines that were stored and not confirmed before the kill were sent again: at least once. First arrivals count.
awk '!seen[$1]++' "$work/got" >"$work/first"
cmp "$work/text" "$work/first" || fail "what arrived is not what was published"
say "all $lines lines arrived, in order; $((stored - lines)) of them twice"

kill -TERM "$daemon"
wait "$daemon" || fail "the shutdown ended with status $?"
daemon=
tail -n 1 "$work/daemon2.log"
