#!/usr/bin/env bash
# Measures BlipMQ beside NATS and Redis: the same work, the same generator, the same machine, in interleaved rounds, a fresh daemon for
# each run. Prints markdown tables of medians (min–max) and the ratio to each peer.
#
#   bench/compare.sh [ROUNDS]          default 5
#
# SECONDS_EACH (default 2.5) and WARMUP (default 1) set a run's length; BENCH_DIR a directory on the disk to measure.
set -euo pipefail

home=$(cd "$(dirname "$0")/.." && pwd -P)
rounds=${1:-5}
secs=${SECONDS_EACH:-2.5}
warmup=${WARMUP:-1}
work=$(mktemp -d "${BENCH_DIR:-$home/target}/bench.XXXXXX")
results=$work/results
pid=

finish() {
    stop
    rm -rf "$work"
}
trap finish EXIT

need() { command -v "$1" >/dev/null || { echo "compare.sh: $1 is missing: apt-get install $2" >&2; exit 1; }; }
need gcc gcc
need curl curl
need nats-server nats-server
need redis-server redis-server
gcc -O2 -o "$work/mqbench" "$home/bench/mqbench.c" -lpthread -lm
gcc -O2 -pthread -o "$work/disk" "$home/bench/disk.c"

stop() {
    [ -n "$pid" ] || return 0
    kill "$pid" 2>/dev/null || true
    { wait "$pid"; } 2>/dev/null || true
    pid=
    rm -rf "$work/data"
}

# Starts a broker and sets $pid and $adapter.
# shellcheck disable=SC2046
start() { # blip POLICY | nats | natsjs | redis | redis-stream POLICY
    mkdir -p "$work/data"
    case $1 in
        blip)
            BLIPMQ_WAL_PATH=$work/data/wal BLIPMQ_FSYNC_POLICY=$2 BLIPMQ_ALLOWED_API_KEYS=bench BLIPMQ_PORT=15555 BLIPMQ_METRICS_PORT=19100 \
                BLIPMQ_LOG=warn "$home/bin/blipmqd" >"$work/log" 2>&1 &
            pid=$!
            adapter="--broker blip --port 15555 --key bench --polls 2048"
            ;;
        nats | natsjs)
            nats-server -a 127.0.0.1 -p 14222 $([ "$1" = nats ] || echo "-js -sd $work/data") >"$work/log" 2>&1 &
            pid=$!
            adapter="--broker $1 --port 14222"
            ;;
        redis | redis-stream)
            redis-server --port 16379 --bind 127.0.0.1 --dir "$work/data" --save '' \
                $([ "$1" = redis ] || echo "--appendonly yes --appendfsync $2") >"$work/log" 2>&1 &
            pid=$!
            adapter="--broker $1 --port 16379"
            ;;
    esac
    # shellcheck disable=SC2086
    "$work/mqbench" $adapter --mode wait --t0 "$(date +%s%N)" >"$work/wait"
}

# One run: its figure goes to the results as "workload<TAB>name<TAB>value".
measure() { # workload field name start-arguments -- mqbench-arguments
    local workload=$1 field=$2 name=$3
    shift 3
    local starting=()
    while [ "$1" != -- ]; do starting+=("$1"); shift; done
    shift
    start "${starting[@]}"
    # A JVM is measured warm, as it runs in service.
    local warm=$warmup
    [ "${starting[0]}" != blip ] || warm=$(awk "BEGIN { print $warmup + 3 }")
    # shellcheck disable=SC2086
    "$work/mqbench" $adapter --pid "$pid" --duration "$secs" --warmup "$warm" "$@" >"$work/line" || true
    awk -v workload="$workload" -v name="$name" -v field="$field" '{
        for (i = 1; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] }
        note = v["lost"] + v["dup"] + v["out_of_order"] > 0 ? " lost=" v["lost"] " dup=" v["dup"] " ooo=" v["out_of_order"] : ""
        printf "%s\t%s\t%s\t%s\n", workload, name, v[field], note }' "$work/line" | tee -a "$results" >&2
    stop
}

round() {
    for size in 16 100 1024; do
        measure "QoS 0, 1→1, $size B" delivered_s BlipMQ blip always -- --size "$size" --ahead 4000
        measure "QoS 0, 1→1, $size B" delivered_s NATS nats -- --size "$size" --ahead 4000
        measure "QoS 0, 1→1, $size B" delivered_s Redis redis -- --size "$size" --ahead 4000
    done
    for window in 1 64 1024; do
        local q1="--qos 1 --size 100 --window $window --ahead 4000"
        # shellcheck disable=SC2086
        {
            measure "QoS 1, window $window, forced before the confirm" delivered_s "BlipMQ always" blip always -- $q1
            measure "QoS 1, window $window, forced before the confirm" delivered_s "Redis always" redis-stream always -- $q1
            measure "QoS 1, window $window, not waiting for the disk" delivered_s "BlipMQ every_n:64" blip every_n:64 -- $q1
            measure "QoS 1, window $window, not waiting for the disk" delivered_s "Redis everysec" redis-stream everysec -- $q1
            measure "QoS 1, window $window, not waiting for the disk" delivered_s JetStream natsjs -- $q1
        }
    done
}

# Start, idle memory, memory per idle connection.
rest() {
    local name=$1
    shift
    local t0
    start "$@"
    stop
    t0=$(date +%s%N)
    start "$@"
    awk -v name="$name" -v t="$t0" -v now="$(date +%s%N)" 'BEGIN { printf "start to a handshake, ms\t%s\t%.0f\t\n", name, (now - t) / 1e6 }' | tee -a "$results" >&2
    sleep 3
    awk -v name="$name" '/^VmRSS/ { printf "idle resident memory, MiB\t%s\t%.1f\t\n", name, $2 / 1024 }' "/proc/$pid/status" | tee -a "$results" >&2
    # shellcheck disable=SC2086
    "$work/mqbench" $adapter --pid "$pid" --mode conns --n 1000 --hold 2 >"$work/line"
    awk -v name="$name" '{ for (i = 1; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] } printf "KiB per idle connection (1,000)\t%s\t%s\t\n", name, v["rss_per_conn_kb"] }' "$work/line" | tee -a "$results" >&2
    stop
}

table() {
    awk -F '\t' '
        function median(list, n,    a, i, j, t) {
            split(list, a, " "); n = length(a)
            for (i = 2; i <= n; i++) for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
            low = a[1]; high = a[n]
            return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
        }
        function text(x) { return x >= 1e6 ? sprintf("%.2f M", x / 1e6) : x >= 1e4 ? sprintf("%.0f k", x / 1e3) : x >= 100 ? sprintf("%.0f", x) : sprintf("%.1f", x) }
        { key = $1 SUBSEP $2; if (!(key in values)) { if (!($1 in names)) order[++count] = $1; names[$1] = names[$1] "\t" $2 } values[key] = values[key] " " $3; notes[key] = notes[key] $4 }
        END {
            for (w = 1; w <= count; w++) {
                m = split(substr(names[order[w]], 2), who, "\t")
                printf "| %s |", order[w]
                for (i = 1; i <= m; i++) {
                    middle[i] = median(values[order[w] SUBSEP who[i]])
                    printf " %s **%s** (%s–%s)%s |", who[i], text(middle[i]), text(low), text(high), notes[order[w] SUBSEP who[i]]
                }
                for (i = 2; i <= m; i++) printf " %.2f × %s%s", middle[1] / middle[i], who[i], i < m ? "," : " |"
                print ""
            }
        }' "$results"
}

for r in $(seq "$rounds"); do
    echo "# round $r of $rounds" >&2
    round
    rest BlipMQ blip always
    rest NATS nats
    rest Redis redis
done
echo "# disk" >&2
"$work/disk" "$work" 3 >&2
table
