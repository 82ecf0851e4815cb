#!/usr/bin/env python3
"""A small BlipMQ client, written from docs/protocol.md (version 2) with nothing but the standard library.

    examples/blip.py pub TOPIC [MESSAGE]    publishes MESSAGE, or each line of standard input, at QoS 1; ends when all are stored
    examples/blip.py sub TOPIC NAME         attaches to the durable subscription NAME, prints each message, then acknowledges it

BLIPMQ_URL (default 127.0.0.1:5555) says where the broker is, BLIPMQ_KEY (default dev) who asks. Both commands reconnect when the connection
is lost: pub sends again what was not confirmed, so a message may come twice; sub is delivered again what it had not acknowledged.
"""
import os
import select
import socket
import struct
import sys
import time

HELLO, AUTH, ACK, NACK, PING, PONG, PUBLISH_BATCH, ATTACH, SETTLE = 0x01, 0x02, 0x05, 0x06, 0x07, 0x08, 0x10, 0x11, 0x13
WELCOME, CONFIRM, ATTACHED, DELIVER, DETACHED, GOAWAY = 0x20, 0x21, 0x22, 0x23, 0x25, 0x28
HAS_PROPERTIES = 1 << 31
HEARTBEAT_SECONDS = 10  # whoever says nothing for twice as long is taken for dead, on both sides
HEARTBEAT_ID = 0
INSTANCE = os.urandom(16)  # the same on each of this program's connections: a new one replaces one that was lost unseen


class Refused(Exception):
    """The broker said no, and would say it again: its code and its text."""


def data(value):
    return struct.pack(">H", len(value)) + value


def text(value):
    return data(value.encode())


class Connection:
    """One connection: frames out, frames in. Raises OSError when it is lost."""

    def __init__(self, address, key, name):
        host, port = address.removeprefix("blip://").rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.input, self.heard = bytearray(), time.monotonic()
        heartbeat = struct.pack(">I", 1000 * HEARTBEAT_SECONDS)
        self.send(HELLO, 1, struct.pack(">H", 2) + text(name) + data(INSTANCE) + heartbeat)
        self.send(AUTH, 2, text(key))
        self.expect(WELCOME)
        self.expect(ACK)
        self.socket.settimeout(None)

    def send(self, kind, correlation_id, payload=b""):
        self.socket.sendall(struct.pack(">IBQ", 9 + len(payload), kind, correlation_id) + payload)

    def receive(self):
        """The next frame: its type, its correlation id, its payload."""
        header = self.read(13)
        length, kind, correlation_id = struct.unpack(">IBQ", header)
        payload = self.read(length - 9)
        if kind == PONG and correlation_id == HEARTBEAT_ID:
            return self.receive()
        if kind == NACK:
            code, size = struct.unpack_from(">HH", payload)
            raise Refused(f"{code} {payload[4:4 + size].decode()}")
        if kind == GOAWAY:
            code, _, size = struct.unpack_from(">HIH", payload)
            raise ConnectionError(f"the broker is closing the connection: {code} {payload[8:8 + size].decode()}")
        return kind, correlation_id, payload

    def read(self, size):
        while len(self.input) < size:
            self.await_input()
            found = self.socket.recv(1 << 16)
            if not found:
                raise ConnectionError("the broker closed the connection")
            self.input += found
        taken = bytes(self.input[:size])
        del self.input[:size]
        return taken

    def await_input(self):
        """Waits for the broker, and asks now and then whether it is still there: a lost one says nothing for ever."""
        while not select.select([self.socket], [], [], HEARTBEAT_SECONDS / 2)[0]:
            if time.monotonic() - self.heard > 2 * HEARTBEAT_SECONDS:
                raise ConnectionError("the broker does not answer")
            self.send(PING, HEARTBEAT_ID)
        self.heard = time.monotonic()

    def expect(self, wanted):
        kind, _, payload = self.receive()
        if kind != wanted:
            raise Refused(f"frame {kind:#x} instead of {wanted:#x}")
        return payload

    def close(self):
        self.socket.close()


def publish(connection, topic, messages, first_number):
    """Publishes a batch at QoS 1 and waits until every message of it is stored."""
    entries = b"".join(struct.pack(">I", len(message)) + message for message in messages)
    connection.send(PUBLISH_BATCH, first_number, b"\x03" + text(topic) + entries)
    confirmed = 0
    while confirmed < len(messages):
        runs = connection.expect(CONFIRM)
        while runs:
            count, code, _, size = struct.unpack_from(">IHIH", runs)
            if code:
                raise Refused(f"{code} {runs[12:12 + size].decode()}")
            confirmed += count
            runs = runs[12 + size:]


def attach(connection, topic, name, credit=32, credit_bytes=4 << 20):
    """Makes or resumes a durable subscription, taking it over from a connection that is still there; its id."""
    flags = 0x01 | 0x02 | 0x08  # QoS 1, take over, settling gives the credit back
    payload = struct.pack(">BIIII", flags, credit, credit_bytes, 0, 0) + text(topic) + text(name)
    connection.send(ATTACH, 1, payload)
    return struct.unpack_from(">Q", connection.expect(ATTACHED))[0]


def deliveries(payload):
    """The deliveries of a DELIVER: (tag, attempt, message); the tag is None at QoS 0, where nothing is settled."""
    qos, at = payload[0] & 1, 9
    while at < len(payload):
        tag, attempt = None, 0
        if qos:
            tag, attempt = struct.unpack_from(">QH", payload, at)
            at += 10
        (length,) = struct.unpack_from(">I", payload, at)
        at += 4
        if length & HAS_PROPERTIES:
            length ^= HAS_PROPERTIES
            (size,) = struct.unpack_from(">H", payload, at)
            at += 2 + size
        yield tag, attempt, payload[at:at + length]
        at += length


def acknowledge(connection, subscription, settled):
    """Each of settled is (tag, attempt)."""
    deliveries = b"".join(struct.pack(">QH", tag, attempt) for tag, attempt in settled)
    connection.send(SETTLE, 1, struct.pack(">QBBIH", subscription, 1, 0, 0, 0) + deliveries)


def batches_of_input():
    """The lines of standard input, as many at a time as have come."""
    rest = b""
    while more := os.read(sys.stdin.fileno(), 65536):
        *lines, rest = (rest + more).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def run_publisher(connect, topic, batches):
    connection, number = None, 1
    for messages in batches:
        while messages:
            try:
                connection = connection or connect()
                publish(connection, topic, messages, number)
                number += len(messages)
                messages = None
            except OSError as lost:
                connection, number = wait_to_reconnect(lost), 1


def run_subscriber(connect, topic, name):
    connection = None
    while True:
        try:
            if connection is None:
                connection = connect()
                subscription = attach(connection, topic, name)
                print(f"blip.py: attached to {topic} as {name}", file=sys.stderr, flush=True)
            kind, _, payload = connection.receive()
            if kind == DETACHED:
                raise Refused("somebody else took the subscription over")
            if kind == DELIVER:
                settled = []
                for tag, attempt, message in deliveries(payload):
                    sys.stdout.buffer.write(message + b"\n")
                    if tag is not None:
                        settled.append((tag, attempt))
                sys.stdout.buffer.flush()
                if settled:
                    acknowledge(connection, subscription, settled)
        except OSError as lost:
            connection = wait_to_reconnect(lost)


def wait_to_reconnect(lost):
    print(f"blip.py: {lost}; trying again", file=sys.stderr, flush=True)
    time.sleep(0.2)


def main(arguments):
    address = os.environ.get("BLIPMQ_URL", "127.0.0.1:5555")
    key = os.environ.get("BLIPMQ_KEY", "dev")
    connect = lambda: Connection(address, key, "blip.py")
    if len(arguments) in (2, 3) and arguments[0] == "pub":
        batches = [[arguments[2].encode()]] if len(arguments) == 3 else batches_of_input()
        run_publisher(connect, arguments[1], batches)
    elif len(arguments) == 3 and arguments[0] == "sub":
        run_subscriber(connect, arguments[1], arguments[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refusal:
        sys.exit(f"blip.py: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)
