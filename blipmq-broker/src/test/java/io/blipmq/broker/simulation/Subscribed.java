package io.blipmq.broker.simulation;

import io.blipmq.protocol.name.TopicFilter;

/** What subscriptions read, as one text: a topic's name, or a filter behind a mark. Stateless. */
final class Subscribed {
    private static final String FILTER_MARK = "~";

    private Subscribed() {}

    static String of(byte[] topic, boolean filter) {
        return (filter ? FILTER_MARK : "") + Texts.of(topic);
    }

    static boolean isFilter(String subscribed) {
        return subscribed.startsWith(FILTER_MARK);
    }

    /** The topic's name, or the filter without its mark. */
    static String text(String subscribed) {
        return isFilter(subscribed) ? subscribed.substring(FILTER_MARK.length()) : subscribed;
    }

    /** Whether messages of a topic are for who has subscribed so. */
    static boolean reads(String subscribed, String topic) {
        return isFilter(subscribed)
                ? TopicFilter.of(Texts.bytes(text(subscribed))).matches(Texts.bytes(topic))
                : subscribed.equals(topic);
    }
}
