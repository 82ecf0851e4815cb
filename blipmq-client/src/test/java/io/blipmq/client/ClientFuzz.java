package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;

/**
 * A fuzzer's way into the client: bytes that a server sends to a client that waits for something. Owned by the fuzzer's
 * thread.
 *
 * <p>Whatever they are, reading them ends, with the answer or with an {@link IOException}, and what is kept of refusals is
 * bounded. The first byte chooses what the client waits for.
 */
public final class ClientFuzz {
    private static final FrameType[] AWAITED = {FrameType.ACK, FrameType.PONG};
    private static final int POLLS = 3;

    private ClientFuzz() {}

    /** The fuzzer's entry. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        Answers answers = new Answers();
        answers.expectWithDeliveries(AWAITED[data[0] & 1], 1, 1 + (data[0] >> 1 & POLLS), delivery -> {
            require(delivery.qos() == 0 || delivery.qos() == 1, "a delivery's QoS");
        });
        read(new ByteArrayInputStream(data, 1, data.length - 1), answers);
        require(answers.takeRefusedAcks().size() <= BlipClient.REFUSALS_KEPT_MAX, "refusals kept");
        require(answers.deliveryCount() <= POLLS, "more deliveries than polls");
    }

    private static void read(ByteArrayInputStream server, Answers answers) {
        FrameInput input = new FrameInput();
        ReadableByteChannel channel = Channels.newChannel(server);
        try {
            do {
                while (input.handleNext(answers)) {}
            } while (input.readFrom(channel) >= 0);
            answers.throwRefusedPublishes();
        } catch (IOException e) {
            // the server broke the protocol, or refused something
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
