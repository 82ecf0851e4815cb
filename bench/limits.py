#!/usr/bin/env python3
"""Runs the daemon within limits of memory, as a container has them, under the most that clients may ask of it.

    bench/limits.py [--seconds 60] [MIB ...]          default: 64 96 128 192 256 512

For each limit: 1,000 connections, of which some publish the largest frames that WELCOME offers, at QoS 0 and 1, to topics with
several subscribers, some take nothing of what is pushed to them, and the others send half a frame and stop. The daemon must neither
end nor be ended, and still answer a PING at the end.

Needs root and a memory controller of cgroups (version 1 or 2). Prints a line for each limit, and ends with status 1 when one failed.
"""
import argparse
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "bench"))
import wire  # noqa: E402
from wire import blip  # noqa: E402

KEY, PORT, METRICS_PORT = "limits", 15755, 19255
CONNECTIONS, PUBLISHERS, READERS, STUCK = 1000, 8, 8, 8
TOPICS = 4
MIB = 1 << 20

# Runs a program within the group $1, which it sees as the root of the controller, as in a container.
WITHIN = """
echo $$ >"$1/cgroup.procs"
case $1 in /sys/fs/cgroup/memory/*) mount --bind "$1" /sys/fs/cgroup/memory ;; *) mount --bind "$1" /sys/fs/cgroup ;; esac
shift
exec "$@"
"""


class Limit:
    """A group of processes that may use so much memory."""

    def __init__(self, mib):
        version2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
        base = Path("/sys/fs/cgroup" if version2 else "/sys/fs/cgroup/memory")
        if version2:
            (base / "cgroup.subtree_control").write_text("+memory")
        self.group = base / f"blipmq-limits-{mib}"
        self.group.mkdir(exist_ok=True)
        (self.group / ("memory.max" if version2 else "memory.limit_in_bytes")).write_text(str(mib * MIB))
        self.peak_file = self.group / ("memory.peak" if version2 else "memory.max_usage_in_bytes")

    def command(self, *words):
        return ["unshare", "--mount", "sh", "-c", WITHIN, "sh", str(self.group), *map(str, words)]

    def peak_mib(self):
        return int(self.peak_file.read_text()) // MIB if self.peak_file.exists() else -1

    def remove(self):
        try:
            self.group.rmdir()
        except OSError:
            pass


class Load:
    """What clients do until it is over."""

    def __init__(self):
        self.over = threading.Event()
        self.frame_bytes = self.published = self.received = self.refused = self.lost = 0
        self.threads = []
        self.held = []

    def connect(self, timeout=30):
        connection = wire.Connection(f"127.0.0.1:{PORT}", KEY, "limits")
        connection.socket.settimeout(timeout)
        return connection

    def begin(self, action, *arguments):
        thread = threading.Thread(target=self.repeat, args=(action, *arguments), daemon=True)
        self.threads.append(thread)
        thread.start()

    def repeat(self, action, *arguments):
        while not self.over.is_set():
            try:
                action(*arguments)
            except blip.Refused:
                self.refused += 1
                self.over.wait(0.1)
            except (OSError, EOFError):
                self.lost += 1
                self.over.wait(0.1)

    def publish(self, topic, qos):
        connection = self.connect()
        try:
            room = connection.frame_bytes - 9 - 3 - len(topic) - 4
            while not self.over.is_set():
                body = b"\x02" if qos == 0 else b"\x03"
                connection.send(blip.PUBLISH_BATCH, 1, body + blip.text(topic) + struct.pack(">I", room) + bytes(room))
                runs = connection.expect(blip.CONFIRM)
                _, code = struct.unpack_from(">IH", runs)
                self.published += code == 0
                self.refused += code != 0
        finally:
            connection.close()

    def read(self, topic, qos):
        connection = self.connect()
        try:
            name = f"reader-{topic}" if qos else ""
            subscription = wire.attach(connection, topic, name, credit=16, qos=qos)
            while not self.over.is_set():
                frame, _, payload = connection.receive()
                if frame == blip.DELIVER:
                    taken = list(wire.deliveries(payload))
                    self.received += len(taken)
                    if any(delivery for delivery, _, _ in taken):
                        wire.settle(connection, subscription, wire.ACK, [delivery for delivery, _, _ in taken if delivery])
                    wire.give_credit(connection, subscription, len(taken))
        finally:
            connection.close()

    def be_stuck(self, topic):
        connection = self.connect()
        try:
            wire.attach(connection, topic, "", credit=wire.NO_LIMIT, qos=0)
            self.over.wait()
        finally:
            connection.close()

    def hold_half_frames(self, count):
        while len(self.held) < count and not self.over.is_set():
            try:
                connection = self.connect(5)
                length = connection.frame_bytes
                connection.socket.setblocking(False)
                connection.socket.send(struct.pack(">IBQ", length, blip.PUBLISH_BATCH, 1) + bytes(min(length // 2, 256 << 10)))
                self.held.append(connection)
            except (OSError, blip.Refused):
                self.lost += 1
                self.over.wait(0.05)

    def end(self):
        self.over.set()
        for connection in self.held:
            connection.close()
        for thread in self.threads:
            thread.join(2)


def run(mib, seconds):
    limit = Limit(mib)
    with tempfile.TemporaryDirectory(prefix="blipmq-limits.") as work:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BLIPMQ_")} | {
            "BLIPMQ_PORT": str(PORT), "BLIPMQ_METRICS_PORT": str(METRICS_PORT), "BLIPMQ_WAL_PATH": f"{work}/log",
            "BLIPMQ_ALLOWED_API_KEYS": KEY, "BLIPMQ_FSYNC_POLICY": "none", "BLIPMQ_DETACHED_BACKLOG_BYTES": str(256 * MIB)}
        with open(f"{work}/daemon.log", "wb") as log:
            daemon = subprocess.Popen(limit.command(HOME / "bin/blipmqd"), stdout=log, stderr=log, env=environment)
        load = Load()
        try:
            problem = load_and_judge(daemon, load, seconds)
        finally:
            load.end()
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(30)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        peak = limit.peak_mib()
        limit.remove()
        print(f"{mib:4} MiB: {problem or 'held'}; frame bytes {load.frame_bytes}, published {load.published}, received {load.received}, "
              f"refused {load.refused}, connections lost {load.lost}, half frames {len(load.held)}, peak {peak} MiB", flush=True)
        if problem:
            sys.stdout.write(Path(f"{work}/daemon.log").read_text(errors="replace")[-3000:])
        return problem is None


def load_and_judge(daemon, load, seconds):
    if not is_ready(daemon):
        return f"it did not start: status {daemon.poll()}"
    load.frame_bytes = load.connect().frame_bytes
    for number in range(PUBLISHERS):
        load.begin(load.publish, f"t{number % TOPICS}", number // TOPICS % 2)
    for number in range(READERS):
        load.begin(load.read, f"t{number % TOPICS}", number // TOPICS % 2)
    for number in range(STUCK):
        load.begin(load.be_stuck, f"t{number % TOPICS}")
    load.hold_half_frames(CONNECTIONS - PUBLISHERS - READERS - STUCK)
    load.over.wait(seconds)
    if daemon.poll() is not None:
        return f"it ended with status {daemon.returncode}"
    load.end()
    connection = load.connect()
    connection.send(blip.PING, 7)
    connection.expect(blip.PONG)
    connection.close()
    return None


def is_ready(daemon):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}/readyz", timeout=5):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("mib", type=int, nargs="*", default=[64, 96, 128, 192, 256, 512])
    arguments = parser.parse_args()
    subprocess.run([HOME / "bin/blipmqd", "--version"], check=True)  # builds, which a limit would not leave room for
    return 0 if all([run(mib, arguments.seconds) for mib in arguments.mib]) else 1


if __name__ == "__main__":
    sys.exit(main())
