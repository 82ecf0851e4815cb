package io.blipmq.broker;

import java.util.Collection;

/** Which filters match a topic, as of one set of filters. Immutable. */
final class Route {
    private static final FilterStream[] NO_STREAMS = {};

    /** No filter at all, and of no set of filters. */
    static final Route NONE = new Route(NO_STREAMS, -1);

    private final FilterStream[] streams;
    private final long stamp;

    private Route(FilterStream[] streams, long stamp) {
        this.streams = streams;
        this.stamp = stamp;
    }

    /** @param stamp of the set of filters, which {@link FilterTable} changes */
    static Route of(Collection<FilterStream> streams, long stamp) {
        return new Route(streams.toArray(NO_STREAMS), stamp);
    }

    boolean isValid(long presentStamp) {
        return stamp == presentStamp;
    }

    boolean isEmpty() {
        return streams.length == 0;
    }

    /** Not to be changed. */
    FilterStream[] streams() {
        return streams;
    }

    /** How many subscriptions a message reaches by it that arrives now. */
    int readerCount(int qos) {
        int count = 0;
        for (FilterStream stream : streams) {
            count += stream.readerCount(qos);
        }
        return count;
    }
}
