"""What is measured: the brokers, and the work that each of them does. The targets are ratios to a peer of the same run."""


def blip(policy="always", port=15555):
    return {
        "command": ["{home}/bin/blipmqd"],
        "environment": {
            "BLIPMQ_WAL_PATH": "{data}/wal", "BLIPMQ_FSYNC_POLICY": policy, "BLIPMQ_ALLOWED_API_KEYS": "bench", "BLIPMQ_PORT": str(port),
            "BLIPMQ_METRICS_PORT": "19100", "BLIPMQ_LOG": "warn", "BLIPMQ_ACK_TIMEOUT_MS": "30000", "BLIPMQ_MAX_CONNECTIONS": "20000",
            "BLIPMQ_MAX_SUBSCRIPTIONS_PER_CONNECTION": "100000", "BLIPMQ_DETACHED_BACKLOG_BYTES": "1000000000000"},
        "adapter": f"--broker blip2 --port {port} --key bench",
        "jvm": True,
    }


def nats(*options):
    stream = "-js" in options
    return {"command": ["nats-server", "-a", "127.0.0.1", "-p", "14222", *options], "adapter": f"--broker nats{'js' if stream else ''} --port 14222"}


def redis(*options):
    stream = "--appendonly" in options
    return {
        "command": ["redis-server", "--port", "16379", "--bind", "127.0.0.1", "--dir", "{data}", "--save", "", *options],
        "adapter": f"--broker redis{'-stream' if stream else ''} --port 16379"}


BROKERS = {
    "blip": blip(),
    "blip every_n": blip("every_n:64"),
    "blip interval": blip("interval_ms:20"),
    "blip none": blip("none"),
    "blip v1": {**blip(), "adapter": "--broker blip --port 15555 --key bench --polls 2048"},
    "nats": nats(),
    "jetstream": nats("-js", "-sd", "{data}"),
    "redis": redis(),
    "redis always": redis("--appendonly", "yes", "--appendfsync", "always"),
    "redis everysec": redis("--appendonly", "yes", "--appendfsync", "everysec"),
    "bare disk": {"probe": "disk.c"},
    "mosquitto": {
        "command": ["mosquitto", "-c", "{data}/mosquitto.conf"],
        "files": {"mosquitto.conf": "listener 11883 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_inflight_messages 1000\nmax_queued_messages 100000\n"},
        "adapter": "--broker mqtt --port 11883"},
}

LABELS = {
    "blip": "BlipMQ", "blip every_n": "BlipMQ every_n:64", "blip interval": "BlipMQ interval_ms:20", "blip none": "BlipMQ none", "blip v1": "BlipMQ v1, polled", "nats": "NATS",
    "jetstream": "JetStream", "redis": "Redis", "redis always": "Redis always", "redis everysec": "Redis everysec", "mosquitto": "Mosquitto",
    "bare disk": "overwrite and fdatasync"}


# Latencies are of a warm JVM: the compiler has two busy cores to share in its first seconds.
LATENCY = ["--mode", "latency", "--warmup", 8, "--duration", 4]


def workload(name, title, field, brokers, arguments, targets=(), **more):
    contenders = [{"label": LABELS[broker], "broker": broker, "arguments": [str(part) for part in arguments]} for broker in brokers]
    return {"name": name, "title": title, "field": field, "contenders": contenders, "targets": list(targets), **more}


def latency(name, title, brokers, arguments, targets):
    """One workload for each percentile; the first runs, the others look at its runs."""
    for field in ("p50", "p99", "p99.9"):
        more = {} if field == "p50" else {"shares": name}
        yield workload(name if field == "p50" else f"{name}-{field}", f"{title}, {field}, µs", field, brokers, [*LATENCY, *arguments],
                       targets.get(field, ()), lower=True, **more)


def relaxed(window, least):
    """Small windows and large ones, where neither waits for the disk."""
    peers = ["blip every_n", "blip interval", "blip none", "jetstream"]
    return workload(f"relaxed-{window}", f"QoS 1, stored without waiting for fsync, window {window}", "delivered_s", peers, ["--qos", 1, "--window", window],
                    [(LABELS[policy], "JetStream", least) for policy in peers[:-1]])


def curve(name, title, field, broker, axis, points, limit):
    """The same work at several sizes of one thing; limit is how much more the largest may cost than the smallest."""
    contenders = [{"label": f"BlipMQ {value}", "broker": broker, **point} for value, point in points]
    return {"name": name, "title": title, "field": field, "contenders": contenders, "targets": [], "axis": axis, "points": [value for value, _ in points], "limit": limit}


def arguments(text):
    return {"arguments": text.split()}


# A client of version 1: its subscription stays when it goes, and whoever comes with its key has it again.
OLD = "--broker blip --polls 2048 --qos 1 --durable 1 --warmup 0 --duration 600 --drain 20"
WARM = [f"{OLD} --subs 1 --pubs 1 --window 1024 --count 2000000 --run 5".split()]


def backlog(count):
    """What makes a subscription in which that many messages wait for nobody."""
    return [f"{OLD} {part}".split() for part in ("--subs 1 --pubs 1 --count 1 --window 1 --run 6", f"--subs 0 --count {count} --window 1024 --run 7")] if count else []


QOS0 = ["blip", "nats", "redis"]
STORED = ["blip", "redis always", "jetstream"]
FANOUT = ["--mode", "fanout", "--size", 100, "--ahead", 1000, "--gather-us", 2000, "--subs"]

# Targets: (whose figure, compared with whom, the least ratio) for rates; (…, the greatest ratio) for times and costs.
WORKLOADS = [
    workload("qos0-16", "QoS 0, 1→1, 16 B", "delivered_s", QOS0, ["--size", 16], [("BlipMQ", "NATS", 2.0)], smoke=True),
    workload("qos0-100", "QoS 0, 1→1, 100 B", "delivered_s", [*QOS0, "blip v1"], ["--size", 100],
             [("BlipMQ", "NATS", 2.0), ("BlipMQ v1, polled", "NATS", 0.8)]),
    workload("qos0-1024", "QoS 0, 1→1, 1 KiB", "delivered_s", QOS0, ["--size", 1024], [("BlipMQ", "NATS", 1.5)]),
    workload("qos0-4x4", "QoS 0, 4→4 topics, 100 B", "delivered_s", QOS0, ["--pubs", 4, "--subs", 4, "--topics", 4], [("BlipMQ", "NATS", 2.0)]),
    workload("fanout-10", "QoS 0, fan-out 1→10, 100 B", "delivered_s", QOS0, ["--mode", "fanout", "--subs", 10], [("BlipMQ", "NATS", 1.5), ("BlipMQ", "Redis", 1.5)]),
    workload("fanout-100", "QoS 0, fan-out 1→100, 100 B", "delivered_s", QOS0, [*FANOUT, 100], [("BlipMQ", "NATS", 1.5), ("BlipMQ", "Redis", 1.5)]),
    workload("stored-1024", "QoS 1, fsync before confirm, window 1024", "delivered_s", STORED, ["--qos", 1, "--window", 1024],
             [("BlipMQ", "Redis always", 4.0), ("BlipMQ", "JetStream", 3.0)], smoke=True),
    workload("stored-64", "QoS 1, fsync before confirm, window 64", "delivered_s", STORED, ["--qos", 1, "--window", 64],
             [("BlipMQ", "Redis always", 2.0), ("BlipMQ", "JetStream", 1.5)]),
    workload("stored-7", "QoS 1, fsync before confirm, window 7", "delivered_s", ["blip", "redis always"], ["--qos", 1, "--window", 7],
             [("BlipMQ", "Redis always", 1.5)]),
    workload("stored-1", "QoS 1, fsync before confirm, window 1", "delivered_s", [*STORED, "bare disk"], ["--qos", 1, "--window", 1],
             [("BlipMQ", "Redis always", 1.5), ("BlipMQ", "overwrite and fdatasync", 0.5)]),
    relaxed(1, 1.2),
    relaxed(7, 1.2),
    relaxed(200, 5.0),
    workload("relaxed-1024", "QoS 1, stored without waiting for fsync, window 1024", "delivered_s",
             ["blip every_n", "blip interval", "redis everysec", "jetstream"], ["--qos", 1, "--window", 1024],
             [("BlipMQ every_n:64", "JetStream", 4.0), ("BlipMQ every_n:64", "Redis everysec", 2.0),
              ("BlipMQ interval_ms:20", "JetStream", 4.0), ("BlipMQ interval_ms:20", "Redis everysec", 2.0)]),
    *[one for rate in (1000, 20000) for one in latency(
        f"latency-{rate}", f"latency at {rate:,}/s, QoS 0", ["blip", "nats", "mosquitto"], ["--rate", rate],
        {field: [("BlipMQ", "NATS", 1.0), ("BlipMQ", "Mosquitto", 1.0)] for field in ("p50", "p99")})],
    *latency("latency-stored", "latency at 20,000/s, QoS 1, fsync before confirm", ["blip", "redis always"], ["--rate", 20000, "--qos", 1],
             {"p50": [("BlipMQ", "Redis always", 0.75)], "p99": [("BlipMQ", "Redis always", 0.5)]}),
    workload("cpu-100", "CPU of the broker per delivery, QoS 0, 1→1, 100 B, ns", "broker_ns_per_delivery", QOS0, ["--size", 100],
             lower=True, shares="qos0-100", absolute=("BlipMQ", 200)),
    workload("idle", "memory when started and idle, KiB", "idle_rss_kb", QOS0, ["wait"], lower=True, absolute=("BlipMQ", 80_000)),
    workload("start", "start to the first handshake, empty log, ms", "startup_ms", QOS0, ["wait"], lower=True, absolute=("BlipMQ", 500), shares="idle"),
    workload("connections", "memory of an idle connection, of 9,900, KiB", "rss_per_conn_kb", QOS0, ["--mode", "conns", "--n", 9900, "--hold", 3],
             lower=True, absolute=("BlipMQ", 4.0)),
    {"name": "stuck", "title": "QoS 0, 1→4, 100 B, with a subscriber that never reads", "field": "delivered_s", "targets": [("BlipMQ, one stuck", "BlipMQ", 0.9)],
     "contenders": [
         {"label": "BlipMQ", "broker": "blip", **arguments("--subs 4")},
         {"label": "BlipMQ, one stuck", "broker": "blip", **arguments("--subs 4 --stuck 1")}]},
    curve("topics", "topics, one message a frame", "broker_ns_per_delivery", "blip", "topics",
          [(count, arguments(f"--size 100 --spread {count}")) for count in (1, 100, 10_000, 100_000)], 2.5),
    curve("filters", "filters that match none of 100,000 topics, one message a frame", "broker_ns_per_delivery", "blip", "filters",
          [(count, arguments(f"--size 100 --spread 100000 --filters {count}")) for count in (0, 1000)], 1.15),
    curve("subscriptions", "subscriptions of a topic", "broker_ns_per_delivery", "blip", "subscriptions",
          [(count, arguments(f"--mode fanout --size 100 --ahead 1000 --gather-us 2000 --subs {count}")) for count in (1, 10, 100, 1000, 10_000)], 1.3),
    curve("connections-idle", "connections that say nothing, beside 100 that do", "broker_ns_per_delivery", "blip", "idle connections",
          [(count, {**arguments("--size 100 --pubs 50 --subs 50 --topics 50"), "beside": [f"--mode conns --n {count} --hold 60".split()] if count else []})
           for count in (0, 1000, 9900)], 1.3),
    curve("backlog", "messages that wait in another subscription of the topic, QoS 1 stored", "broker_ns_per_delivery", "blip", "waiting",
          [(count, {**arguments("--qos 1 --window 1024 --warmup 3.5"), "before": backlog(count), "memory": 4 << 30}) for count in (0, 1_000_000, 10_000_000)], 1.3),
    curve("drain", "messages that waited, taken by a client of version 1", "broker_ns_per_delivery", "blip", "taken",
          [(count, {**arguments(f"{OLD} --mode drain --subs 1 --count {count} --run 7"), "before": [*WARM, *backlog(count)]})
           for count in (100_000, 1_000_000, 10_000_000)], 1.3),
    # From 1 KiB on with the same bytes on their way, 4 MB.
    curve("sizes", "bytes of a message; from 1 KiB on compared per KiB", "broker_ns_per_delivery", "blip", "bytes",
          [(count, arguments(f"--size {count} --ahead {max(4, min(4000, 4_096_000 // count))}")) for count in (16, 100, 1024, 16_384, 131_072, 1_048_576)], 1.3),
]
