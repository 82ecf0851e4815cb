package io.blipmq.daemon.v1;

import java.io.IOException;

/** Takes deliveries one at a time as they are read, so that a batch never stands in memory as a whole. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * Called on the client's thread from within a poll; it must not call the client. What it throws ends the poll and
     * closes the client, for the rest of the batch cannot be told from later answers any more.
     */
    void onDelivery(Delivery delivery) throws IOException;
}
