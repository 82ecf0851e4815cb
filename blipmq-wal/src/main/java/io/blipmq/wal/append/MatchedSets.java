package io.blipmq.wal.append;

import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.IndexFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has been found out last about which keys match, for a few pairs of segment and matcher. Owned by the core thread.
 *
 * <p>A segment is named by its ordinal number, which never comes again: what compaction has put in its place has another.
 */
final class MatchedSets {
    private record Pair(int ordinal, KeyMatcher matcher) {}

    private final WalLimits limits;
    private final Map<Pair, MatchedSlots> sets;

    MatchedSets(WalLimits limits) {
        this.limits = limits;
        this.sets = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Pair, MatchedSlots> eldest) {
                return size() > limits.matchedSetsMax();
            }
        };
    }

    MatchedSlots of(IndexFile index, KeyMatcher matcher) throws IOException {
        Pair pair = new Pair(index.segment().ordinal(), matcher);
        MatchedSlots slots = sets.get(pair);
        if (slots == null) {
            slots = new MatchedSlots(index, matcher, limits);
            sets.put(pair, slots);
        }
        return slots;
    }
}
