#!/usr/bin/env python3
"""Runs a daemon under load for minutes and does to it what happens at night, one fault at a time and two at once.

    bench/soak.py [--minutes 30] [--seed N] [--faults cut,clock,stall,kill,restart,full] [--heap SIZE]

Faults: cut      the consumers' host changes its address: their connections die without a FIN
        clock    the wall clock jumps by days, forwards or backwards
        stall    nobody reads the daemon's output, which is a pipe
        kill     kill -9, and a start
        restart  SIGTERM, and a start
        full     the log's disk has no room left

Publishers send numbered messages at QoS 1 and write down which were confirmed. Three kinds of consumers write down what they were
delivered: one that acknowledges everything, one that rejects some, one that sometimes leaves without a word. At the end, for every
subscription, each confirmed message has been delivered to a consumer or is a dead letter; each dead letter was rejected, or was
delivered to a consumer as often as max_retries says; and the daemon ended only when it was told to.

Needs root (a network namespace and a small file system), Linux, iproute2 and libfaketime. Prints a line for each fault, the figures
at the end, and ends with status 1 when something was lost. Everything is in a temporary directory that is removed unless something failed.
"""
import argparse
import collections
import glob
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "bench"))
import wire  # noqa: E402
from wire import blip  # noqa: E402

blip.HEARTBEAT_SECONDS = 2

KEY = "soak"
PORT = 15655
NAMESPACE, DAEMON_HOST, CLIENT_HOST = "blipmq-soak", "10.213.7.1", "10.213.7.{}"
TOPICS = ["orders", "readings", "jobs"]
SUBSCRIPTIONS = ["steady", "picky", "clumsy"]  # on each topic
MAX_RETRIES = 4
DISK_BYTES = 1 << 30
FAULTS = ["cut", "clock", "stall", "kill", "restart", "full"]
DAYS = 24 * 3600


# --- consumers and publishers: each a process of its own, so that it can live in the namespace ---

def connect(host):
    return wire.Connection(f"{host}:{PORT}", KEY, "soak")


def run_publisher(arguments):
    """Publishes to one topic until its standard input ends; writes the number of each confirmed message to its ledger."""
    topic, ledger_path = arguments
    generator = random.Random(topic)
    number, connection = 0, None
    until_end = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), until_end.set()), daemon=True).start()
    with open(ledger_path, "a", encoding="ascii") as ledger:
        while not until_end.is_set():
            count = generator.choice([1, 5, 50])
            size = generator.choice([10, 200, 2000])
            messages = [b"%d %s" % (number + index, b"x" * size) for index in range(count)]
            try:
                connection = connection or connect("127.0.0.1")
                blip.publish(connection, topic, messages, 1)
                ledger.writelines(f"{number + index}\n" for index in range(count))
                ledger.flush()
                number += count
                until_end.wait(0.004 * count)
            except (OSError, blip.Refused) as problem:
                # What was not confirmed may be stored or not: its numbers are not used again, so that the ledger stays exact.
                number += count
                if connection is not None and not isinstance(problem, blip.Refused):
                    connection.close()
                    connection = None
                until_end.wait(0.2)


def run_consumer(arguments):
    """Takes one subscription's messages for ever; appends each delivery to its ledger, before it is settled: number, tag, what became of it."""
    kind, topic, host, ledger_path = arguments
    generator = random.Random(kind + topic)
    with open(ledger_path, "a", encoding="ascii") as ledger:
        while True:
            connection = None
            try:
                connection = connect(host)
                consume(connection, kind, topic, generator, ledger)
            except (OSError, blip.Refused) as problem:
                print(f"{kind} of {topic}: {problem}", file=sys.stderr, flush=True)
                time.sleep(0.2)
            finally:
                if connection is not None:
                    connection.close()


def consume(connection, kind, topic, generator, ledger):
    subscription = wire.attach(connection, topic, f"{kind}-{topic}", credit=64)
    print(f"{kind} of {topic}: attached", file=sys.stderr, flush=True)
    leaves_at = generator.randrange(2000, 20000) if kind == "clumsy" else None
    taken = credited = 0
    while True:
        frame, _, payload = connection.receive()
        if frame == blip.DETACHED:
            raise ConnectionError("somebody else took the subscription over")
        if frame != blip.DELIVER:
            continue
        acknowledged = []
        for delivery, message, _ in wire.deliveries(payload):
            number = int(message.split(b" ", 1)[0])
            taken += 1
            reject = kind == "picky" and number % 997 == 0
            ledger.write(f"{number} {'rejected' if reject else 'taken'}\n")
            if reject:
                ledger.flush()
                wire.settle(connection, subscription, wire.REJECT, [delivery], "picky")
            else:
                acknowledged.append(delivery)
        ledger.flush()
        if leaves_at is not None and taken >= leaves_at:
            raise ConnectionError("left without a word")
        if acknowledged:
            wire.settle(connection, subscription, wire.ACK, acknowledged)
            wire.give_credit(connection, subscription, taken - credited)
            credited = taken


# --- the world ---

class World:
    """The daemon, its disk, its clock, the network, and what is done to them. Owned by the main thread."""

    def __init__(self, work, heap):
        self.work, self.heap = Path(work), heap
        self.disk = self.work / "disk"
        self.clock = self.work / "clock"
        self.daemon, self.reader, self.reading = None, None, threading.Event()
        self.ended_unasked = []
        self.address = 2
        self.children = []

    def set_up(self):
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "soak", self.disk], check=True)
        self.set_clock(0)
        tear_down_namespace()
        for command in [
            f"ip netns add {NAMESPACE}",
            f"ip link add blipsoak0 type veth peer name blipsoak1 netns {NAMESPACE}",
            f"ip addr add {DAEMON_HOST}/24 dev blipsoak0",
            "ip link set blipsoak0 up",
            f"ip netns exec {NAMESPACE} ip addr add {CLIENT_HOST.format(self.address)}/24 dev blipsoak1",
            f"ip netns exec {NAMESPACE} ip link set blipsoak1 up",
            f"ip netns exec {NAMESPACE} ip link set lo up",
        ]:
            subprocess.run(command.split(), check=True)

    def tear_down(self):
        for child in self.children:
            child.kill()
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        tear_down_namespace()
        subprocess.run(["umount", "--lazy", self.disk], check=False)

    # --- the daemon ---

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BLIPMQ_")} | {
            "BLIPMQ_BIND_ADDR": "0.0.0.0", "BLIPMQ_PORT": str(PORT), "BLIPMQ_METRICS_PORT": "0",
            "BLIPMQ_WAL_PATH": str(self.disk / "log"), "BLIPMQ_ALLOWED_API_KEYS": KEY, "BLIPMQ_MAX_RETRIES": str(MAX_RETRIES),
            "BLIPMQ_WAL_SEGMENT_BYTES": str(32 << 20), "BLIPMQ_ACK_TIMEOUT_MS": "2000",
            "BLIPMQ_JAVA_OPTS": f"-Xmx{self.heap}",
            "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "LD_PRELOAD": faketime_library(),
        }
        self.reading.set()
        self.daemon = subprocess.Popen(
            [HOME / "bin/blipmqd"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        self.reader = threading.Thread(target=self.read_output, args=(self.daemon.stdout,), daemon=True)
        self.reader.start()
        self.await_ready()

    def read_output(self, pipe):
        with open(self.work / "daemon.log", "ab", buffering=0) as log:
            while data := os.read(pipe.fileno(), 65536):
                log.write(data)
                self.reading.wait()

    def await_ready(self):
        deadline = time.monotonic() + 120
        while not self.is_ready():
            if self.daemon.poll() is not None:
                raise SystemExit(f"the daemon did not start: status {self.daemon.returncode}, see {self.work}/daemon.log")
            if time.monotonic() > deadline:
                raise SystemExit(f"the daemon is not ready after 120 s, see {self.work}/daemon.log")
            time.sleep(0.1)

    def is_ready(self):
        """Whether clients get in; on a full disk they do, although /readyz says 503."""
        try:
            connect("127.0.0.1").close()
            return True
        except (OSError, blip.Refused):
            return False

    def end(self, number, status_wanted):
        self.check_running()
        self.daemon.send_signal(number)
        try:
            status = self.daemon.wait(60)
        except subprocess.TimeoutExpired:
            self.ended_unasked.append(f"it does not end on signal {number}")
            self.daemon.kill()
            self.daemon.wait()
            return
        if status != status_wanted:
            self.ended_unasked.append(f"status {status} on signal {number}")

    def check_running(self):
        if self.daemon.poll() is not None:
            self.ended_unasked.append(f"status {self.daemon.returncode}, unasked")
            self.start()

    # --- clients ---

    def spawn(self, role, *arguments, inside=False):
        prefix = ["ip", "netns", "exec", NAMESPACE] if inside else []
        with open(self.work / "clients.log", "ab") as log:
            child = subprocess.Popen(
                [*prefix, sys.executable, __file__, "--role", role, *map(str, arguments)], stdin=subprocess.PIPE, stderr=log)
        self.children.append(child)
        return child

    # --- faults: each begins one and returns what ends it ---

    def begin(self, fault, generator):
        return getattr(self, "begin_" + fault)(generator)

    def begin_cut(self, _):
        old, self.address = self.address, 3 if self.address == 2 else 2
        for action, host in (("del", old), ("add", self.address)):
            subprocess.run(["ip", "netns", "exec", NAMESPACE, "ip", "addr", action, CLIENT_HOST.format(host) + "/24", "dev", "blipsoak1"], check=True)
        return lambda: None

    def begin_clock(self, generator):
        self.set_clock(generator.choice([-10 * DAYS, -3600, 3600, 10 * DAYS, 400 * DAYS]))
        return lambda: self.set_clock(0)

    def set_clock(self, seconds):
        temporary = self.clock.with_suffix(".new")
        temporary.write_text(f"{seconds:+d}\n")
        temporary.rename(self.clock)

    def begin_stall(self, _):
        self.reading.clear()
        for _ in range(200):  # something to say: wrong keys
            try:
                wire.Connection(f"127.0.0.1:{PORT}", "wrong", "soak")
            except (OSError, blip.Refused):
                pass
        return self.reading.set

    def begin_kill(self, _):
        self.end(signal.SIGKILL, -signal.SIGKILL)
        return self.start

    def begin_restart(self, _):
        self.end(signal.SIGTERM, 0)
        return self.start

    def begin_full(self, _):
        filler = self.disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(bytes(1 << 20)):
                    pass
            except OSError:
                pass
        return lambda: filler.unlink(missing_ok=True)


def faketime_library():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or glob.glob("/usr/lib/faketime/libfaketimeMT.so.1")
    return found[0] if found else sys.exit("soak.py needs libfaketime (Debian, Ubuntu: apt-get install faketime)")


def tear_down_namespace():
    subprocess.run(["ip", "netns", "delete", NAMESPACE], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["ip", "link", "delete", "blipsoak0"], check=False, stderr=subprocess.DEVNULL)


# --- what is to hold ---

def read_ledger(path):
    """Each whole line of a ledger, as a list of words; its writer may have been killed within the last one."""
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return [line.split() for line in text[:text.rfind("\n") + 1].splitlines()]


def read_dead_letters(topic):
    """The dead letters of a topic: (number, origin's id, attempts, reason) each."""
    connection = connect("127.0.0.1")
    letters = []
    try:
        subscription = wire.attach(connection, "$dead-letter/" + topic, "", credit=256)
        while connection.input or select.select([connection.socket], [], [], 2)[0]:
            frame, _, payload = connection.receive()
            if frame == blip.DELIVER:
                tags = []
                for delivery, message, properties in wire.deliveries(payload):
                    tags.append(delivery)
                    letters.append((int(message.split(b" ", 1)[0]), struct.unpack(">Q", properties[wire.LETTER_ORIGIN])[0], properties[wire.LETTER_REASON].decode()))
                wire.settle(connection, subscription, wire.ACK, tags)
                wire.give_credit(connection, subscription, len(tags))
        return letters
    finally:
        connection.close()


def check(world, ids):
    problems = []
    for topic in TOPICS:
        confirmed = {int(words[0]) for words in read_ledger(world.work / f"published-{topic}")}
        letters = collections.defaultdict(dict)
        for number, origin, reason in read_dead_letters(topic):
            letters[origin][number] = reason
        for kind in SUBSCRIPTIONS:
            seen = collections.Counter()
            rejected = set()
            for number, what in read_ledger(world.work / f"{kind}-{topic}"):
                seen[int(number)] += 1
                if what == "rejected":
                    rejected.add(int(number))
            own = letters[ids[kind, topic]]
            lost = confirmed - seen.keys() - own.keys()
            unseen = [number for number, reason in own.items() if reason != "picky" and seen[number] < MAX_RETRIES]
            gone = {number for number in rejected & confirmed if number not in own}
            repeated = sum(count - 1 for count in seen.values())
            print(f"   {topic}/{kind}: {len(confirmed)} confirmed, {len(seen)} delivered, {repeated} again, {len(own)} dead letters")
            if lost:
                problems.append(f"{topic}/{kind}: {len(lost)} lost, such as {sorted(lost)[:5]}")
            if unseen:
                problems.append(f"{topic}/{kind}: {len(unseen)} dead letters that no consumer saw {MAX_RETRIES} times, such as {sorted(unseen)[:5]}")
            if gone:
                problems.append(f"{topic}/{kind}: {len(gone)} rejected that are no dead letters, such as {sorted(gone)[:5]}")
    return problems


def run(arguments):
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 32)
    generator = random.Random(seed)
    faults = arguments.faults.split(",")
    work = tempfile.mkdtemp(prefix="blipmq-soak.")
    world = World(work, arguments.heap)
    print(f"seed {seed}, {arguments.minutes} minutes, in {work}", flush=True)
    problems = ["it did not come to its end"]
    try:
        world.set_up()
        world.start()
        ids = {}
        for topic in TOPICS:
            for kind in SUBSCRIPTIONS:
                connection = connect("127.0.0.1")
                ids[kind, topic] = wire.attach(connection, topic, f"{kind}-{topic}", credit=0)
                connection.close()
        for topic in TOPICS:
            for kind in SUBSCRIPTIONS:
                host = "127.0.0.1" if kind == "picky" else DAEMON_HOST
                world.spawn("consumer", kind, topic, host, world.work / f"{kind}-{topic}", inside=kind != "picky")
        publishers = [world.spawn("publisher", topic, world.work / f"published-{topic}") for topic in TOPICS]
        begin = time.monotonic()
        while time.monotonic() - begin < arguments.minutes * 60:
            time.sleep(generator.uniform(1, 6))
            chosen = choose(faults, generator)
            print(f"{time.monotonic() - begin:7.1f} s: {' and '.join(chosen)}", flush=True)
            world.check_running()
            ends = [world.begin(fault, generator) for fault in chosen]
            time.sleep(generator.uniform(1, 8))
            for end in reversed(ends):
                end()
            world.check_running()
        problems = finish(world, publishers, ids)
    finally:
        world.tear_down()
        if not problems:
            shutil.rmtree(work, ignore_errors=True)
    for problem in problems:
        print("FAILED: " + problem)
    print("nothing was lost" if not problems else f"seed {seed}; logs in {work}")
    return 1 if problems else 0


def choose(faults, generator):
    """One or two of them, of which at most one ends the daemon, and that after the other has begun."""
    chosen = generator.sample(faults, min(len(faults), generator.choice([1, 1, 2])))
    chosen.sort(key=lambda fault: fault in ("kill", "restart"))
    return chosen[:1] if set(chosen) == {"kill", "restart"} else chosen


def finish(world, publishers, ids):
    """No more faults: publishers end, consumers take the rest."""
    time.sleep(10)
    for publisher in publishers:
        publisher.stdin.close()
        publisher.wait(60)
    sizes, calm_since = None, time.monotonic()
    deadline = calm_since + 300
    while time.monotonic() < deadline and time.monotonic() - calm_since < 35:  # longer than any backoff
        time.sleep(1)
        latest = [path.stat().st_size for path in world.work.glob("*-*")]
        if latest != sizes:
            sizes, calm_since = latest, time.monotonic()
    world.check_running()
    problems = check(world, ids)
    world.end(signal.SIGTERM, 0)
    return problems + world.ended_unasked


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--heap", default="256m")
    parser.add_argument("--role", choices=["publisher", "consumer"], help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role:
        return (run_publisher if arguments.role == "publisher" else run_consumer)(arguments.rest)
    unknown = set(arguments.faults.split(",")) - set(FAULTS)
    if unknown:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return run(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
