package io.blipmq.net.blip2;

import io.blipmq.broker.BatchResult;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.net.NetOptions;
import io.blipmq.net.NetTimes;
import io.blipmq.net.SessionHost;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip.BlipSession;
import io.blipmq.net.blip.BlipVersion;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.V2Nack;
import io.blipmq.protocol.v2.Welcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Version 2, in which the broker pushes: its HELLO, and what its sessions share. Owned by the broker thread. */
public final class Blip2 extends BlipVersion {
    private final BlipResources shared;
    private final NetTimes times;
    private final Welcome welcome;
    private final ClientInstances instances = new ClientInstances();
    private final PublishBatch publishBatch = new PublishBatch();
    private final BatchResult batchResult = new BatchResult();
    private final SettleRequest settleRequest = new SettleRequest();
    private final SettleResult settleResult = new SettleResult();

    /** @param server what clients are told about this server */
    public Blip2(BlipResources shared, ServerDescription server, NetOptions options) {
        super(FrameLayout.VERSION_2);
        this.shared = shared;
        times = options.times();
        int lengthMax = BlipSession.lengthMax(options.budgets().packetBytesMax());
        welcome = server.welcome(times, lengthMax);
    }

    @Override
    protected Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!HandshakeLayout.isHello(buffer, payload, payloadLength)) {
            return Nack.INVALID_HELLO;
        }
        int nameLength = HandshakeLayout.helloNameLength(buffer, payload);
        if (nameLength > HandshakeLayout.NAME_BYTES_MAX) {
            return V2Nack.CLIENT_NAME_TOO_LONG;
        }
        int instanceLength = HandshakeLayout.helloInstanceLength(buffer, payload, nameLength);
        return instanceLength > HandshakeLayout.INSTANCE_BYTES_MAX ? V2Nack.INSTANCE_TOO_LONG : null;
    }

    @Override
    protected BlipSession begin(SessionHost host, ByteBuffer buffer, int payload) {
        return new Blip2Session(shared, this, host, greeting(buffer, payload));
    }

    private Greeting greeting(ByteBuffer buffer, int payload) {
        byte[] name = new byte[HandshakeLayout.helloNameLength(buffer, payload)];
        buffer.get(payload + HandshakeLayout.HELLO_NAME_OFFSET, name);
        byte[] instance = new byte[HandshakeLayout.helloInstanceLength(buffer, payload, name.length)];
        buffer.get(payload + HandshakeLayout.helloInstanceOffset(name.length), instance);
        long heartbeat = HandshakeLayout.helloHeartbeatMillis(buffer, payload, name.length, instance.length);
        return new Greeting(new String(name, StandardCharsets.UTF_8), instance, keptHeartbeatMillis(heartbeat));
    }

    /** The heartbeat that is kept to when a client asks for one; 0 when it asks for none. */
    private long keptHeartbeatMillis(long askedMillis) {
        long min = TimeUnit.NANOSECONDS.toMillis(times.heartbeatMinNanos());
        long max = TimeUnit.NANOSECONDS.toMillis(times.heartbeatMaxNanos());
        return askedMillis == 0 ? 0 : Math.max(min, Math.min(max, askedMillis));
    }

    /** What this server says of itself to a client without a heartbeat. */
    Welcome welcome() {
        return welcome;
    }

    ClientInstances instances() {
        return instances;
    }

    /** To be used during one call. */
    PublishBatch publishBatch() {
        return publishBatch;
    }

    /** To be used during one call. */
    BatchResult batchResult() {
        return batchResult;
    }

    /** To be used during one call. */
    SettleRequest settleRequest() {
        return settleRequest;
    }

    /** To be used during one call. */
    SettleResult settleResult() {
        return settleResult;
    }
}
