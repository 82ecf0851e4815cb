#!/usr/bin/env bash
# What is on disk does not cost memory, and what is settled does not cost time. With a small heap, messages of 200 bytes at QoS 1:
#
#   bench/backlog.sh drain [COUNT]             publishes COUNT with nobody to take them, kills the daemon, starts it again, takes all of them
#                                              default 10,000,000 (2.5 GB of log); 90,000,000 make 22 GB
#   bench/backlog.sh restart [SETTLED [LIVE]]  publishes SETTLED that are taken and LIVE that are not, then starts again after a clean end
#                                              and after kill -9; default 5,000,000 and 100,000
#   bench/backlog.sh compaction                round trips at 1,000/s alone, and beside 20 MB/s that are all acknowledged, and beside as much of
#                                              which one message in a thousand is not, so that segments have to be rewritten; 2 GB of log at most
#
# Each ends with status 1 when a message is missing, doubled or out of order. HEAP (default 256m) is the daemon's, POLICY (default
# always) its fsync policy; BENCH_DIR is a directory on the disk to use.
set -euo pipefail

home=$(cd "$(dirname "$0")/.." && pwd -P)
mkdir -p "$home/target"
work=$(mktemp -d "${BENCH_DIR:-$home/target}/backlog.XXXXXX")
pid=
finish() {
    [ -z "$pid" ] || end_with -9
    rm -rf "$work"
}
trap finish EXIT
gcc -O2 -o "$work/mqbench" "$home/bench/mqbench.c" -lpthread -lm

start() {
    BLIPMQ_WAL_PATH=$work/wal BLIPMQ_FSYNC_POLICY=${POLICY:-always} BLIPMQ_ALLOWED_API_KEYS=bench BLIPMQ_PORT=15556 BLIPMQ_METRICS_PORT=19101 \
        BLIPMQ_DETACHED_BACKLOG_BYTES=1000000000000 BLIPMQ_ACK_TIMEOUT_MS=60000 BLIPMQ_LOG=warn \
        BLIPMQ_JAVA_OPTS="-Xmx${HEAP:-256m} ${BLIPMQ_JAVA_OPTS-}" "$home/bin/blipmqd" >>"$work/log" 2>&1 &
    pid=$!
    "$work/mqbench" --broker blip --port 15556 --mode wait --t0 "$(date +%s%N)" | grep -o 'startup_ms=.*'
}
end_with() { kill "$1" "$pid"; { wait "$pid"; } 2>/dev/null || true; pid=; }
bench() {
    "$work/mqbench" --broker blip --port 15556 --pid "$pid" --qos 1 --durable 1 --size 200 --duration 1800 --drain 20 "$@" | tee "$work/line" |
        grep -oE '(secs|published_s|delivered|delivered_s|lost|dup|out_of_order|errors|peak_rss_kb)=[^ ]*' | tr '\n' ' '
    echo
}
sound() { grep -q ' lost=0 dup=0 out_of_order=0 ' "$work/line" || { echo "FAILED: see the figures above"; exit 1; }; }
log_size() { echo "   log: $(du -sm "$work/wal" 2>/dev/null | awk '{ print $1 }') MiB"; }

drain() {
    local count=${1:-10000000}
    echo "== a durable subscription, then nobody is there"
    bench --subs 1 --pubs 1 --count 1 --window 1 --run 6
    echo "== publish $count messages of 200 bytes, window 1024"
    bench --subs 0 --count "$count" --window 1024 --run 7
    log_size
    echo "== kill -9 and start"
    end_with -9
    start
    echo "== take everything"
    bench --mode drain --subs 1 --count "$count" --polls 2048 --run 7
    sound
    log_size
    echo "== 40 s later: the log shrinks in the background, at a checkpoint"
    sleep 40
    log_size
}

restart() {
    local settled=${1:-5000000} live=${2:-100000}
    echo "== publish $settled messages of 200 bytes that are taken"
    bench --subs 1 --pubs 1 --count "$settled" --window 1024 --polls 2048 --run 6
    sound
    echo "== publish $live that are not"
    bench --subs 0 --count "$live" --window 1024 --run 7
    log_size
    echo "== stop and start"
    end_with -TERM
    start
    echo "== kill -9 and start"
    end_with -9
    start
    echo "== take the rest"
    bench --mode drain --subs 1 --count "$live" --polls 2048 --run 7
    sound
}

round_trips() {
    local line
    line=$("$work/mqbench" --broker blip2 --port 15556 --pid "$pid" --mode latency --qos 1 --rate 1000 --duration 10 --warmup 1 --topic probe | tee "$work/line")
    grep -oE '(p50|p99|p99.9|max|lost)=[^ ]*' <<<"$line" | tr '\n' ' '
    echo
    sound
}

compaction() {
    echo "== warm up"
    bench --subs 1 --pubs 1 --count 2000000 --window 1024 --polls 2048 --run 6
    echo "== alone"
    round_trips
    local skip load
    for skip in 0 1000; do
        echo "== beside 20,000/s of 1 KiB, of which $( ((skip)) && echo "one in $skip is not acknowledged" || echo "all are acknowledged")"
        "$work/mqbench" --broker blip --port 15556 --mode latency --qos 1 --size 1024 --rate 20000 --duration 14 --warmup 1 --skip-ack "$skip" \
            --topic "beside$skip" >/dev/null &
        load=$!
        sleep 3
        round_trips
        wait "$load" || true
        log_size
        curl -s localhost:19101/metrics | grep -E '^blipmq_wal_(checkpoints|segments_(deleted|compacted))_total' | tr '\n' ' '
        echo
    done
}

echo "== start, empty log"
start
case ${1:-} in
    drain | restart | compaction) "$@" ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
grep -E ' WARN | ERROR ' "$work/log" | cut -d' ' -f2- || true
