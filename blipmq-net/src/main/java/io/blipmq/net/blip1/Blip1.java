package io.blipmq.net.blip1;

import io.blipmq.broker.message.MessageView;
import io.blipmq.net.SessionHost;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip.BlipSession;
import io.blipmq.net.blip.BlipVersion;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;
import java.nio.ByteBuffer;

/** Version 1, in which a client asks for each message: its HELLO, and what its sessions share. Owned by the broker thread. */
public final class Blip1 extends BlipVersion {
    private final BlipResources shared;
    private final PollSink sink = new PollSink();
    private final MessageView message = new MessageView();

    public Blip1(BlipResources shared) {
        super(FrameLayout.PROTOCOL_VERSION);
        this.shared = shared;
    }

    @Override
    protected Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        return PayloadLayout.isHello(payloadLength) ? null : Nack.INVALID_HELLO;
    }

    @Override
    protected BlipSession begin(SessionHost host, ByteBuffer buffer, int payload) {
        return new Blip1Session(shared, this, host);
    }

    /** Where polled messages go; to be used during one call. */
    PollSink sink() {
        return sink;
    }

    /** To be used during one call. */
    MessageView message() {
        return message;
    }
}
