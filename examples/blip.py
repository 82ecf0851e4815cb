#!/usr/bin/env python3
"""A small BlipMQ client, written from docs/protocol.md (version 2) with nothing but the standard library.

    examples/blip.py pub TOPIC [MESSAGE]    publishes MESSAGE, or each line of standard input, at QoS 1; ends when all are stored
    examples/blip.py sub TOPIC NAME         attaches to the durable subscription NAME, prints each message, then acknowledges it
    examples/blip.py work TOPIC GROUP       likewise as one member of GROUP: each message goes to one of those that run
    examples/blip.py request TOPIC MESSAGE  publishes a request and prints the reply; fails at once when nobody could reply
    examples/blip.py reply TOPIC GROUP COMMAND
                                            as one member of GROUP, replies to each request with what COMMAND, run by sh, prints

BLIPMQ_URL (default 127.0.0.1:5555) says where the broker is, BLIPMQ_KEY (default dev) who asks. All but request reconnect when the
connection is lost: pub sends again what was not confirmed, so a message may come twice; sub, work and reply are delivered again what they
had not acknowledged.
"""
import os
import select
import socket
import struct
import subprocess
import sys
import time

HELLO, AUTH, ACK, NACK, PING, PONG, PUBLISH_BATCH, ATTACH, SETTLE = 0x01, 0x02, 0x05, 0x06, 0x07, 0x08, 0x10, 0x11, 0x13
WELCOME, CONFIRM, ATTACHED, DELIVER, DETACHED, GOAWAY = 0x20, 0x21, 0x22, 0x23, 0x25, 0x28
HAS_PROPERTIES = 1 << 31
REPLY_TO, CORRELATION = 0x81, 0x82
QOS_1, TAKE_OVER, CREDIT_ON_SETTLE, GROUP = 0x01, 0x02, 0x08, 0x10  # flags of ATTACH
REPLY_SECONDS = 10
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
    entries = b"".join(entry(message) for message in messages)
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


def entry(message, properties=b""):
    if not properties:
        return struct.pack(">I", len(message)) + message
    return struct.pack(">IH", HAS_PROPERTIES | len(message), len(properties)) + properties + message


def property_of(properties, wanted):
    """The value of the first property with this key, or None."""
    while properties:
        key, size = struct.unpack_from(">BH", properties)
        if key == wanted:
            return properties[3:3 + size]
        properties = properties[3 + size:]
    return None


def attach(connection, topic, name, flags, credit=32, credit_bytes=4 << 20):
    """Makes or resumes a subscription; its id."""
    payload = struct.pack(">BIIII", flags, credit, credit_bytes, 0, 0) + text(topic) + text(name)
    connection.send(ATTACH, 1, payload)
    return struct.unpack_from(">Q", connection.expect(ATTACHED))[0]


def deliveries(payload):
    """The deliveries of a DELIVER: (tag, attempt, message, properties); the tag is None at QoS 0, where nothing is settled."""
    qos, at = payload[0] & 1, 9
    while at < len(payload):
        tag, attempt = None, 0
        if qos:
            tag, attempt = struct.unpack_from(">QH", payload, at)
            at += 10
        (length,) = struct.unpack_from(">I", payload, at)
        at += 4
        properties = b""
        if length & HAS_PROPERTIES:
            length ^= HAS_PROPERTIES
            (size,) = struct.unpack_from(">H", payload, at)
            properties = payload[at + 2:at + 2 + size]
            at += 2 + size
        yield tag, attempt, payload[at:at + length], properties
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


def print_message(connection, message, properties):
    sys.stdout.buffer.write(message + b"\n")
    sys.stdout.buffer.flush()


def replier(command):
    """Handles a request: what the command prints is the reply, at QoS 0, and nobody confirms it."""

    def handle(connection, message, properties):
        reply_to, correlation = property_of(properties, REPLY_TO), property_of(properties, CORRELATION)
        if reply_to is not None:
            reply = subprocess.run(["sh", "-c", command], input=message, stdout=subprocess.PIPE, check=True).stdout
            repeated = b"" if correlation is None else struct.pack(">B", CORRELATION) + data(correlation)
            connection.send(PUBLISH_BATCH, 1, b"\x00" + data(reply_to) + entry(reply, repeated))

    return handle


def request(connection, topic, message):
    """Publishes a request at QoS 0; the reply."""
    inbox, correlation = "_reply/" + os.urandom(16).hex(), os.urandom(8)
    subscription = attach(connection, inbox, "", 0, credit=1)
    properties = struct.pack(">B", REPLY_TO) + text(inbox) + struct.pack(">B", CORRELATION) + data(correlation)
    connection.send(PUBLISH_BATCH, 1, b"\x02" + text(topic) + entry(message, properties))  # a confirm is wanted
    connection.socket.settimeout(REPLY_SECONDS)
    while True:
        kind, from_subscription, payload = connection.receive()
        if kind == CONFIRM:
            _, code, reached, size = struct.unpack_from(">IHIH", payload)
            if code:
                raise Refused(f"{code} {payload[12:12 + size].decode()}")
            if reached == 0:
                raise Refused("nobody is there to reply")
        elif kind == DELIVER and from_subscription == subscription:
            for _, _, reply, found in deliveries(payload):
                if property_of(found, CORRELATION) == correlation:
                    return reply


def run_requester(connect, topic, message):
    try:
        print_message(None, request(connect(), topic, message), b"")
    except OSError as failure:
        raise Refused(f"no reply: {failure}") from failure


def run_subscriber(connect, topic, name, flags, handle):
    connection = None
    while True:
        try:
            if connection is None:
                connection = connect()
                subscription = attach(connection, topic, name, flags)
                print(f"blip.py: attached to {topic} as {name}", file=sys.stderr, flush=True)
            kind, _, payload = connection.receive()
            if kind == DETACHED:
                raise Refused("somebody else took the subscription over")
            if kind == DELIVER:
                settled = []
                for tag, attempt, message, properties in deliveries(payload):
                    handle(connection, message, properties)
                    if tag is not None:
                        settled.append((tag, attempt))
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
    elif len(arguments) == 3 and arguments[0] == "sub":  # it takes the name from a connection that is still there
        run_subscriber(connect, *arguments[1:], QOS_1 | TAKE_OVER | CREDIT_ON_SETTLE, print_message)
    elif len(arguments) == 3 and arguments[0] == "work":
        run_subscriber(connect, *arguments[1:], QOS_1 | GROUP | CREDIT_ON_SETTLE, print_message)
    elif len(arguments) == 3 and arguments[0] == "request":
        run_requester(connect, arguments[1], arguments[2].encode())
    elif len(arguments) == 4 and arguments[0] == "reply":
        run_subscriber(connect, *arguments[1:3], QOS_1 | GROUP | CREDIT_ON_SETTLE, replier(arguments[3]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refusal:
        sys.exit(f"blip.py: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)
