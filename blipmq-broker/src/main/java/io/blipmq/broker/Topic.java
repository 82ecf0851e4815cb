package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A topic that has subscriptions. Owned by the core thread. */
final class Topic extends MessageStream {
    private static final byte[] PREFIX_BYTES = "$dead-letter/".getBytes(StandardCharsets.UTF_8);

    /** The filters that match it, as {@link FilterTable} found them; of an earlier time when {@link Route#isValid} says no. */
    private Route route = Route.NONE;

    /** @param number no other stream since the start has it */
    Topic(long number, byte[] name, NewLog newLog, PositionMemory positions) {
        super(number, name, null, newLog, positions);
    }

    Route route() {
        return route;
    }

    void route(Route newRoute) {
        route = newRoute;
    }

    @Override
    boolean isDeadLetters() {
        return isDeadLetters(name());
    }

    static boolean isDeadLetters(byte[] name) {
        return name.length > PREFIX_BYTES.length
                && Arrays.equals(name, 0, PREFIX_BYTES.length, PREFIX_BYTES, 0, PREFIX_BYTES.length);
    }

    /** The topic that takes the letters of those who read a topic, or a filter, of this name. */
    static byte[] deadLetterName(byte[] name) {
        byte[] result = Arrays.copyOf(PREFIX_BYTES, PREFIX_BYTES.length + name.length);
        System.arraycopy(name, 0, result, PREFIX_BYTES.length, name.length);
        return result;
    }

    /** What the subscriptions read whose letters such a topic takes: a topic's name, or a filter. */
    static byte[] originName(byte[] letterTopicName) {
        return Arrays.copyOfRange(letterTopicName, PREFIX_BYTES.length, letterTopicName.length);
    }
}
