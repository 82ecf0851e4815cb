package io.blipmq.client;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a client waits and how much it holds. Immutable.
 *
 * @param name what an operator sees of this client
 * @param connectTimeout for one attempt, with its handshake
 * @param requestTimeout for the answer to a request
 * @param publishTimeout for a confirm, reconnecting included
 * @param closeTimeout for what is unconfirmed when the client is closed
 * @param heartbeat in which something is sent, a PING if there is nothing else; zero: the broker is promised nothing
 * @param silenceTimeout without a byte from the broker, in spite of a PING, until the connection counts as lost
 * @param unconfirmedMessagesMax messages that wait for their confirm
 * @param unconfirmedBytesMax and their bytes
 * @param exactlyOncePublish whether messages at QoS 1 get ids
 */
record Options(
        String name,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration publishTimeout,
        Duration closeTimeout,
        Duration heartbeat,
        Duration silenceTimeout,
        Duration backoffMin,
        Duration backoffMax,
        int unconfirmedMessagesMax,
        long unconfirmedBytesMax,
        WhenFull whenFull,
        boolean exactlyOncePublish) {

    /** What the wire's u32 can say. */
    private static final long MILLIS_MAX = 0xffff_ffffL;

    Options {
        Objects.requireNonNull(whenFull, "whenFull");
        requirePositive(connectTimeout, "connectTimeout");
        requirePositive(requestTimeout, "requestTimeout");
        requirePositive(publishTimeout, "publishTimeout");
        requirePositive(closeTimeout, "closeTimeout");
        requirePositive(silenceTimeout, "silenceTimeout");
        requirePositive(backoffMin, "backoffMin");
        if (backoffMax.compareTo(backoffMin) < 0) {
            throw new IllegalArgumentException("backoffMax must not be shorter than backoffMin");
        }
        if (unconfirmedMessagesMax < 1 || unconfirmedBytesMax < 1) {
            throw new IllegalArgumentException("unconfirmedMax must allow at least one message and one byte");
        }
    }

    private static void requirePositive(Duration duration, String name) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive, not " + duration);
        }
    }

    /** A duration as the wire says it. */
    static long millis(Duration duration, String name) {
        long millis = duration.toMillis();
        if (millis < 0 || millis > MILLIS_MAX) {
            throw new IllegalArgumentException(name + " must be 0 to " + MILLIS_MAX + " ms, not " + duration);
        }
        return millis;
    }
}
