package io.blipmq.net.echo;

import io.blipmq.net.EndReason;
import io.blipmq.net.OutputQueue;
import io.blipmq.net.ProtocolViolation;
import io.blipmq.net.Session;
import io.blipmq.net.SessionHost;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One client that is echoed. Owned by the broker thread. */
final class EchoSession implements Session, OutputQueue.Opener {
    /** Pushes of a turn share a packet, whose length takes this much however small it is. */
    private static final int PUSH_LENGTH_BYTES = 4;

    private final EchoProtocol protocol;
    private final SessionHost host;
    private final OutputQueue output;
    private boolean ready;
    private boolean ended;
    private String goodbye;
    /** What is to be pushed again and again. */
    private byte[] pushed;

    EchoSession(EchoProtocol protocol, SessionHost host) {
        this.protocol = protocol;
        this.host = host;
        output = host.output();
    }

    @Override
    public int packetBytes(ByteBuffer buffer, int offset, int available) throws ProtocolViolation {
        int lengthBytes = EchoProtocol.lengthBytes(buffer, offset, available);
        if (lengthBytes < 0) {
            throw ProtocolViolation.malformed("that is no length");
        }
        if (lengthBytes == 0) {
            return 0;
        }
        int packetBytes = lengthBytes + EchoProtocol.length(buffer, offset, lengthBytes);
        if (packetBytes > host.packetBytesMax()) {
            throw ProtocolViolation.tooLong("that is more than I can say");
        }
        return packetBytes;
    }

    @Override
    public boolean onPacket(ByteBuffer buffer, int offset, int packetBytes) {
        int lengthBytes = EchoProtocol.lengthBytes(buffer, offset, packetBytes);
        byte[] text = new byte[packetBytes - lengthBytes];
        buffer.get(offset + lengthBytes, text);
        if (ready) {
            say(text);
        } else if (EchoProtocol.HELLO.equals(new String(text, StandardCharsets.UTF_8))) {
            begin();
        } else {
            end("say hello first");
        }
        return true;
    }

    private void begin() {
        if (host.isSurplus()) {
            end("too many are here");
            return;
        }
        ready = true;
        protocol.metrics.onSessionReady();
        protocol.sessions.add(this);
        say(EchoProtocol.HELLO.getBytes(StandardCharsets.UTF_8));
    }

    private void say(byte[] text) {
        ByteBuffer to = output.append(EchoProtocol.packetBytes(text.length));
        EchoProtocol.putLength(to, text.length);
        to.put(text);
    }

    @Override
    public void onPacketsHandled(int packets) {
        protocol.metrics.onPacketsHandled(packets);
    }

    // --- pushes ---

    void push(byte[] text) {
        pushed = text;
        pushMore();
        host.onOutput();
    }

    @Override
    public void onWritten() {
        if (pushed != null && !ended && output.hasRoomForPush()) {
            pushMore();
            host.onOutput();
        }
    }

    private void pushMore() {
        while (output.hasRoomForPush()) {
            ByteBuffer to = output.extend(this, pushed.length);
            if (to == null) {
                to = output.open(this, PUSH_LENGTH_BYTES + pushed.length);
                to.putInt(0);
            }
            to.put(pushed);
        }
    }

    @Override
    public void close(ByteBuffer buffer, int start) {
        int length = buffer.position() - start - PUSH_LENGTH_BYTES;
        for (int i = 0; i < PUSH_LENGTH_BYTES; i++) {
            int more = i < PUSH_LENGTH_BYTES - 1 ? 0x80 : 0;
            buffer.put(start + i, (byte) (length >>> 7 * i & 0x7f | more));
        }
    }

    // --- deadlines and the end ---

    @Override
    public boolean isReady() {
        return ready && !ended;
    }

    @Override
    public long silenceNanosMax() {
        return isReady() ? EchoProtocol.SILENCE_NANOS_MAX : 0;
    }

    @Override
    public boolean isOutputTimed() {
        return true;
    }

    @Override
    public void onInputEnded() {
        if (isReady()) {
            protocol.metrics.onSessionEnded();
            protocol.sessions.remove(this);
        }
        ended = true;
    }

    @Override
    public void end(EndReason reason, String text) {
        end(reason == EndReason.SILENCE ? "are you still there?" : text);
    }

    private void end(String why) {
        goodbye = why;
        onInputEnded();
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public boolean owesGoodbye() {
        return goodbye != null;
    }

    @Override
    public void sayGoodbye() {
        say(("goodbye: " + goodbye).getBytes(StandardCharsets.UTF_8));
        goodbye = null;
    }

    @Override
    public void onClosed() {
        onInputEnded();
    }
}
