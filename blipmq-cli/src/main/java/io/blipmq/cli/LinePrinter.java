package io.blipmq.cli;

import io.blipmq.client.Delivery;
import io.blipmq.client.DeliveryHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Owned by the main thread. Prints payloads as lines and remembers which deliveries to acknowledge. */
final class LinePrinter implements DeliveryHandler {
    private static final int OUTPUT_BYTES = 64 * 1024;

    private final OutputStream output;
    private final long[] unacknowledgedTags;
    private int unacknowledgedCount;

    /** @param batchMax deliveries between two calls of {@link #flush} */
    LinePrinter(OutputStream output, int batchMax) {
        this.output = new BufferedOutputStream(output, OUTPUT_BYTES);
        this.unacknowledgedTags = new long[batchMax];
    }

    @Override
    public void onDelivery(Delivery delivery) throws OutputException {
        try {
            output.write(delivery.payload());
            output.write('\n');
        } catch (IOException e) {
            throw new OutputException(e);
        }
        if (delivery.qos() == 1) {
            unacknowledgedTags[unacknowledgedCount++] = delivery.deliveryTag();
        }
    }

    /** Takes something for each delivery that is now out of this process's hands. */
    @FunctionalInterface
    interface TagConsumer {
        void accept(long deliveryTag) throws IOException;
    }

    /** Writes what was printed, and only then acknowledges it. */
    void flush(TagConsumer acknowledge) throws IOException {
        try {
            output.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
        for (int i = 0; i < unacknowledgedCount; i++) {
            acknowledge.accept(unacknowledgedTags[i]);
        }
        unacknowledgedCount = 0;
    }
}
