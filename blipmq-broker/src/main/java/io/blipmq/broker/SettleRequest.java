package io.blipmq.broker;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What a client wants done with deliveries of one subscription; used again for each request. Owned by the core thread. */
public final class SettleRequest {
    /** As attempt: whichever it is. */
    public static final int ANY_ATTEMPT = 0;

    long subscriptionId;
    SettleAction action;
    boolean upTo;
    boolean stored;
    long nanos;
    byte[] reason;

    private long[] tags = new long[16];
    private int[] attempts = new int[16];
    private int count;

    /**
     * Begins a request; {@link #add} says for which deliveries.
     *
     * @param upTo whether all deliveries in flight to the client's attachment are meant, in the order of delivery, up to and
     *     with the one given
     * @param stored whether the answer waits until it is stored
     * @param millis for {@link SettleAction#NACK}: until it is due again; for {@link SettleAction#EXTEND}: the new timeout
     * @param reason for {@link SettleAction#REJECT}, in UTF-8
     */
    public void begin(
            long subscriptionId, SettleAction action, boolean upTo, boolean stored, long millis, byte[] reason) {
        this.subscriptionId = subscriptionId;
        this.action = action;
        this.upTo = upTo;
        this.stored = stored;
        this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        this.reason = reason;
        count = 0;
    }

    /** @param attempt as it was delivered with, or {@link #ANY_ATTEMPT} */
    public void add(long tag, int attempt) {
        if (count == tags.length) {
            tags = Arrays.copyOf(tags, 2 * count);
            attempts = Arrays.copyOf(attempts, 2 * count);
        }
        tags[count] = tag;
        attempts[count++] = attempt;
    }

    /** The client, when it waits until all is stored; else null. */
    Client awaitedBy(Client client) {
        return stored ? client : null;
    }

    int count() {
        return count;
    }

    long tag(int index) {
        return tags[index];
    }

    int attempt(int index) {
        return attempts[index];
    }
}
