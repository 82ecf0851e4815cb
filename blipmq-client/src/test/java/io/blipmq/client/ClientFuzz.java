package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A fuzzer's way into the client: bytes that a server sends to a client that waits for answers of every kind. Owned by the
 * fuzzer's thread. Whatever they are, reading them ends, with an {@link IOException} or without.
 */
public final class ClientFuzz {
    private ClientFuzz() {}

    /** The fuzzer's entry. */
    public static void fuzzerTestOneInput(byte[] data) {
        FrameInput input = new FrameInput();
        ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(data));
        Parts parts = new Parts();
        try {
            do {
                while (input.handleNext(parts)) {}
            } while (input.readFrom(channel) >= 0);
        } catch (IOException e) {
            // the server broke the protocol
        }
        parts.lose();
    }

    /** The parts of a client that frames come to, without a thread and without a socket. */
    private static final class Parts implements FrameHandler {
        private final Requests requests = new Requests();
        private final Publisher publisher = new Publisher(new PublishWindow(100, 100_000));
        private final SubscriptionTable subscriptions = new SubscriptionTable(requests, () -> 0, Duration.ofSeconds(1));

        private Parts() {
            for (int i = 0; i < 5; i++) {
                Message message = Message.of("t", "m").withQos(i & 1);
                publisher.offer(
                        new PendingPublish(new byte[] {'t'}, message, new CompletableFuture<>(), Long.MAX_VALUE));
            }
            publisher.writeTo(new FrameOutput());
            requests.add(new FutureRequest<>(
                    "a list",
                    FrameType.LISTING,
                    Long.MAX_VALUE,
                    0,
                    (to, id) -> {},
                    (buffer, offset, length) -> ListItems.read(buffer, offset, length, ListItems::deadLetter)));
            requests.writeTo(new FrameOutput());
        }

        @Override
        public void onFrame(FrameType type, long correlationId, ByteBuffer buffer, int offset, int length)
                throws ProtocolException {
            switch (type) {
                case CONFIRM -> {
                    Frames.require(Frames.isConfirm(buffer, offset, length), type);
                    publisher.onConfirm(correlationId, buffer, offset, length);
                }
                case DELIVER -> subscriptions.onDeliver(correlationId, buffer, offset, length);
                case DELIVER_TOPIC -> subscriptions.onDeliverTopic(correlationId, buffer, offset, length);
                case DETACHED -> subscriptions.onDetached(buffer, offset, length);
                case NACK -> {
                    Frames.Nack nack = Frames.nack(buffer, offset, length);
                    publisher.onNack(correlationId, nack.code(), nack.text());
                }
                default -> requests.onAnswer(type, correlationId, buffer, offset, length);
            }
        }

        private void lose() {
            publisher.onLost("lost");
            requests.onLost("lost");
            subscriptions.onLost();
        }
    }
}
