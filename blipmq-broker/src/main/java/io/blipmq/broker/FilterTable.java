package io.blipmq.broker;

import io.blipmq.protocol.name.FilterTree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The filters that have subscriptions, and which of them match a topic. Owned by the core thread.
 *
 * <p>A topic's {@link Route} is looked for once and kept, with the {@link Topic} or, for names without subscriptions of their
 * own, in a cache. When a filter comes or goes no route is changed: each is looked for again when its topic's next message
 * comes.
 */
final class FilterTable {
    /** Sets of filters that topics share: a hundred thousand topics with the same thousand filters have one. */
    private static final int SHARED_MAX = 1_024;

    private final FilterTree<FilterStream> tree = new FilterTree<>();
    private final Map<List<FilterStream>, Route> shared = new HashMap<>();
    private final BrokerCounters counters;
    /** Of names without a topic; null before the first filter. */
    private NamedRoute[] cache;

    private final int cacheSlots;
    /** Changes whenever a filter comes or goes. */
    private long stamp;

    private record NamedRoute(byte[] name, Route route) {}

    /** @param cacheSlots routes of names without subscriptions of their own that are kept; a power of two */
    FilterTable(BrokerCounters counters, int cacheSlots) {
        this.counters = counters;
        this.cacheSlots = cacheSlots;
    }

    boolean isEmpty() {
        return tree.isEmpty();
    }

    /** The stream of this filter, or null. */
    FilterStream find(byte[] text) {
        return tree.find(text);
    }

    void add(FilterStream stream) {
        tree.add(stream.filter(), stream);
        onChange();
    }

    void remove(FilterStream stream) {
        tree.remove(stream.filter());
        onChange();
    }

    private void onChange() {
        stamp++;
        shared.clear();
        if (tree.isEmpty()) {
            cache = null;
        }
    }

    /**
     * The filters that match a topic.
     *
     * @param topic the one of this name, or null
     * @param buffer holds its name at an absolute offset
     */
    Route route(Topic topic, ByteBuffer buffer, int offset, int length) {
        if (topic != null) {
            if (!topic.route().isValid(stamp)) {
                topic.route(find(buffer, offset, length));
            }
            return topic.route();
        }
        if (cache == null) {
            cache = new NamedRoute[cacheSlots];
        }
        int slot = TopicTable.hash(buffer, offset, length) & cacheSlots - 1;
        NamedRoute cached = cache[slot];
        if (cached != null && cached.route.isValid(stamp) && TopicTable.matches(cached.name, buffer, offset, length)) {
            return cached.route;
        }
        byte[] name = new byte[length];
        buffer.get(offset, name);
        cache[slot] = new NamedRoute(name, find(buffer, offset, length));
        return cache[slot].route;
    }

    private Route find(ByteBuffer buffer, int offset, int length) {
        counters.increment(BrokerMetric.ROUTES_FOUND);
        List<FilterStream> found = new ArrayList<>(0);
        tree.match(buffer, offset, length, found::add);
        if (shared.size() == SHARED_MAX) {
            shared.clear();
        }
        return shared.computeIfAbsent(found, streams -> Route.of(streams, stamp));
    }
}
