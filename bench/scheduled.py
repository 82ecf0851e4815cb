#!/usr/bin/env python3
"""Runs the daemon with a small heap and millions of messages that are to be delivered later.

    bench/scheduled.py [--messages 10000000] [--heap 256] [--soon 100000]

Most of the messages are due within a year, evenly spread; --soon of them are due within one second, a while after the last one is
published. The daemon is then killed and started again, so that it has to find them in its log. Every one of the latter must come once,
in order, and never early. Prints what was measured, and ends with status 1 when something was wrong.

Needs disk for the messages, about 200 bytes each.
"""
import argparse
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "bench"))
import wire  # noqa: E402
from wire import blip  # noqa: E402

KEY, PORT, METRICS_PORT = "scheduled", 15765, 19265
DELIVER_AT = 0x02
BATCH, WINDOW = 2_000, 8
BODY_BYTES = 100
YEAR_MILLIS = 365 * 24 * 3_600_000
START_SECONDS_MAX = 300


def start(work, heap):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BLIPMQ_")} | {
        "BLIPMQ_PORT": str(PORT), "BLIPMQ_METRICS_PORT": str(METRICS_PORT), "BLIPMQ_WAL_PATH": f"{work}/log",
        "BLIPMQ_ALLOWED_API_KEYS": KEY, "BLIPMQ_FSYNC_POLICY": "none", "BLIPMQ_JAVA_OPTS": f"-Xmx{heap}m"}
    begun = time.monotonic()
    with open(f"{work}/daemon.log", "ab") as log:
        daemon = subprocess.Popen([HOME / "bin/blipmqd"], stdout=log, stderr=log, env=environment)
    while page("/readyz") is None:
        if daemon.poll() is not None or time.monotonic() - begun > START_SECONDS_MAX:
            sys.exit(f"the daemon did not start: status {daemon.poll()}\n" + Path(f"{work}/daemon.log").read_text()[-3000:])
        time.sleep(0.1)
    return daemon, time.monotonic() - begun


def page(path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}{path}", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None


def metric(name):
    return next(float(line.split()[-1]) for line in page("/metrics").splitlines() if line.startswith(name + " "))


def resident_mib(daemon):
    status = Path(f"/proc/{daemon.pid}/status").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) >> 10 for line in status if line.startswith(("VmRSS", "VmHWM"))}


def entry(number, due):
    properties = struct.pack(">BHQ", DELIVER_AT, 8, due)
    body = struct.pack(">QQ", number, due).ljust(BODY_BYTES, b"x")
    return struct.pack(">IH", len(body) | blip.HAS_PROPERTIES, len(properties)) + properties + body


def publish(connection, topic, dues):
    """Publishes a message for each time, with some batches on their way."""
    waiting, batch, number = 0, [], 0

    def send():
        connection.send(blip.PUBLISH_BATCH, number - len(batch) + 1, b"\x03" + blip.text(topic) + b"".join(batch))
        batch.clear()

    for due in dues:
        number += 1
        batch.append(entry(number, due))
        if len(batch) == BATCH:
            send()
            waiting += BATCH
        while waiting >= WINDOW * BATCH:
            waiting -= confirmed(connection)
    if batch:
        waiting += len(batch)
        send()
    while waiting:
        waiting -= confirmed(connection)


def confirmed(connection):
    payload, at, count = connection.expect(blip.CONFIRM), 0, 0
    while at < len(payload):
        messages, code, _, size = struct.unpack_from(">IHIH", payload, at)
        if code:
            sys.exit(f"a message was refused: {code} {payload[at + 12:at + 12 + size].decode()}")
        count += messages
        at += 12 + size
    return count


def receive(connection, subscription, count):
    """Takes messages and acknowledges them. @return how late each was, in milliseconds"""
    expected, late = 1, []
    while len(late) < count:
        frame, _, payload = connection.receive()
        if frame != blip.DELIVER:
            continue
        now, tags = time.time() * 1000, []
        for delivery, message, _ in wire.deliveries(payload):
            number, due = struct.unpack_from(">QQ", message)
            if number != expected:
                sys.exit(f"message {number} came instead of {expected}")
            expected += 1
            late.append(now - due)
            tags.append(delivery)
        for begin in range(0, len(tags), 4_096):
            wire.settle(connection, subscription, wire.ACK, tags[begin:begin + 4_096])
        wire.give_credit(connection, subscription, len(tags))
    return late


def run(messages, heap, soon):
    with tempfile.TemporaryDirectory(prefix="blipmq-scheduled.") as work:
        daemon, _ = start(work, heap)
        try:
            connection = wire.Connection(f"127.0.0.1:{PORT}", KEY, "scheduled")
            wire.attach(connection, "soon", "reader", credit=0)
            begun, now = time.monotonic(), int(time.time() * 1000)
            publish(connection, "far", (now + 7_200_000 + YEAR_MILLIS * i // messages for i in range(messages - soon)))
            seconds = time.monotonic() - begun
            print(f"published {messages - soon} in {seconds:.0f} s, {(messages - soon) / seconds:.0f} a second", flush=True)
            due = int(time.time() * 1000) + 60_000
            publish(connection, "soon", (due + 1_000 * i // max(1, soon) for i in range(soon)))
            print(f"scheduled {metric('blipmq_messages_scheduled'):.0f}, {resident_mib(daemon)} MiB, heap limit {heap} MiB", flush=True)
            daemon.kill()
            daemon.wait()
            daemon, seconds = start(work, heap)
            print(f"started after a kill in {seconds:.1f} s: scheduled {metric('blipmq_messages_scheduled'):.0f}, "
                  f"{resident_mib(daemon)} MiB", flush=True)
            connection = wire.Connection(f"127.0.0.1:{PORT}", KEY, "scheduled")
            subscription = wire.attach(connection, "soon", "reader", credit=10_000)
            late = sorted(receive(connection, subscription, soon))
            if late and late[0] < 0:
                sys.exit(f"a message came {-late[0]:.1f} ms early")
            print(f"received {soon} that were due within a second: first {late[0]:.1f} ms late, median {late[len(late) // 2]:.0f} ms, "
                  f"last {late[-1]:.0f} ms", flush=True)
            print(f"scheduled {metric('blipmq_messages_scheduled'):.0f}, {resident_mib(daemon)} MiB", flush=True)
            singles(connection, subscription)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)


def singles(connection, subscription):
    """One at a time, while the daemon is idle."""
    late = []
    for _ in range(30):
        publish(connection, "soon", [int(time.time() * 1000) + 300])
        late += receive(connection, subscription, 1)
    late.sort()
    print(f"30 one at a time: {late[0]:.1f} ms late, median {late[15]:.1f} ms, last {late[-1]:.1f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--heap", type=int, default=256, help="MiB")
    parser.add_argument("--soon", type=int, default=100_000)
    arguments = parser.parse_args()
    run(arguments.messages, arguments.heap, arguments.soon)
