package io.blipmq.client;

/** Takes deliveries, one at a time for each subscription, on the client's handler thread or the executor that it was given. */
@FunctionalInterface
public interface DeliveryHandler {
    /**
     * With automatic acknowledgement the delivery is acknowledged when this returns, and delivered again when it throws
     * an exception or an error.
     * Publishing from here is fine.
     */
    void onDelivery(Delivery delivery) throws Exception;
}
