"""What the trials of this directory ask of a broker beyond what examples/blip.py shows: credit, rejects, properties, frames as large as may be."""
import os
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
import blip  # noqa: E402: the client that is written from docs/protocol.md

CREDIT = 0x12
ACK, REJECT = 1, 3
NO_LIMIT = 0xffffffff
LETTER_ORIGIN, LETTER_REASON = 0x90, 0x92


class Connection(blip.Connection):
    """A connection that knows the largest frame that it may send."""

    def expect(self, wanted):
        payload = super().expect(wanted)
        if wanted == blip.WELCOME:
            _, _, self.frame_bytes = struct.unpack_from(">HII", payload)
        return payload


def attach(connection, topic, name, credit, qos=1):
    """Makes or resumes a subscription, taking its name over from a connection that is still there; its id."""
    flags = qos | 0x02 if name else qos
    payload = struct.pack(">BIIII", flags, credit, NO_LIMIT, 0, 0) + blip.text(topic) + blip.text(name)
    connection.send(blip.ATTACH, 1, payload)
    return struct.unpack_from(">Q", connection.expect(blip.ATTACHED))[0]


def give_credit(connection, subscription, messages):
    connection.send(CREDIT, subscription, struct.pack(">II", messages, NO_LIMIT))


def settle(connection, subscription, action, tags, reason=""):
    deliveries = b"".join(struct.pack(">QH", tag, attempt) for tag, attempt in tags)
    connection.send(blip.SETTLE, 1, struct.pack(">QBBI", subscription, action, 0, 0) + blip.text(reason) + deliveries)


def deliveries(payload):
    """The deliveries of a DELIVER: ((tag, attempt) or None at QoS 0, message, properties) each."""
    qos, at = payload[0] & 1, 9
    while at < len(payload):
        delivery = None
        if qos:
            delivery = struct.unpack_from(">QH", payload, at)
            at += 10
        (length,) = struct.unpack_from(">I", payload, at)
        at += 4
        properties = {}
        if length & blip.HAS_PROPERTIES:
            length ^= blip.HAS_PROPERTIES
            (size,) = struct.unpack_from(">H", payload, at)
            at += 2
            properties = read_properties(payload[at:at + size])
            at += size
        yield delivery, payload[at:at + length], properties
        at += length


def read_properties(data):
    """By key; of one that stands several times, the last."""
    found, at = {}, 0
    while at < len(data):
        key, size = struct.unpack_from(">BH", data, at)
        found[key] = data[at + 3:at + 3 + size]
        at += 3 + size
    return found
