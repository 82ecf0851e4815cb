package io.blipmq.broker;

import io.blipmq.broker.CheckpointState.DeliveryState;
import io.blipmq.broker.CheckpointState.LogState;
import io.blipmq.broker.CheckpointState.SubscriptionState;
import io.blipmq.broker.CheckpointState.TopicState;
import io.blipmq.wal.KeyLiveness;
import io.blipmq.wal.Liveness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which messages somebody still wants, as of a checkpoint. Owned by the log's background thread once it is handed over:
 * what it is asked is worked out there, not on the core thread.
 */
final class CheckpointLiveness implements Liveness {
    private CheckpointState state;
    private Index index;

    private record Index(Map<ByteBuffer, Readers> byKey, long firstLive) {
        static Index of(CheckpointState state) {
            Map<ByteBuffer, Readers> byKey = new HashMap<>();
            long first = Long.MAX_VALUE;
            for (TopicState topic : state.topics()) {
                for (SubscriptionState subscription : topic.subscriptions()) {
                    boolean letters = subscription.letters() != null;
                    byte[] key = letters ? MessageKeys.ofLetters(subscription.owner(), topic.name()) : topic.name();
                    LogState log = letters ? subscription.letters() : topic.log();
                    Reader reader = Reader.of(subscription);
                    byKey.computeIfAbsent(ByteBuffer.wrap(key), none -> new Readers(new ArrayList<>()))
                            .readers()
                            .add(reader);
                    if (subscription.unsettled().stream().anyMatch(DeliveryState::redriven)) {
                        ByteBuffer redriven = ByteBuffer.wrap(MessageKeys.ofRedriven(subscription.id()));
                        byKey.put(redriven, new Readers(List.of(reader)));
                    }
                    first = Math.min(first, reader.first(log.lastSequence()));
                }
            }
            return new Index(byKey, first);
        }
    }

    /** What one subscription still wants. */
    private record Reader(long nextSequence, long[] unsettled, long[] settledAhead) {
        static Reader of(SubscriptionState state) {
            long[] unsettled = state.unsettled().stream()
                    .mapToLong(DeliveryState::tag)
                    .sorted()
                    .toArray();
            return new Reader(state.nextSequence(), unsettled, state.settledAhead());
        }

        boolean wants(long sequence) {
            return Arrays.binarySearch(unsettled, sequence) >= 0
                    || sequence >= nextSequence && Arrays.binarySearch(settledAhead, sequence) < 0;
        }

        boolean wantsAll(long first, long last) {
            if (nextSequence > first) {
                return false;
            }
            int ahead = Arrays.binarySearch(settledAhead, first);
            int next = ahead < 0 ? -ahead - 1 : ahead;
            return next == settledAhead.length || settledAhead[next] > last;
        }

        /** @param lastSequence of the log that is read: what is beyond it is not there yet */
        long first(long lastSequence) {
            long waiting = nextSequence > lastSequence ? Long.MAX_VALUE : nextSequence;
            return unsettled.length == 0 ? waiting : Math.min(waiting, unsettled[0]);
        }
    }

    /** All subscriptions that read what is listed under one key. */
    private record Readers(List<Reader> readers) implements KeyLiveness {
        @Override
        public boolean isLive(long sequence) {
            for (Reader reader : readers) {
                if (reader.wants(sequence)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean areAllLive(long first, long last) {
            for (Reader reader : readers) {
                if (reader.wantsAll(first, last)) {
                    return true;
                }
            }
            return false;
        }
    }

    CheckpointLiveness(CheckpointState state) {
        this.state = state;
    }

    @Override
    public long firstLive() {
        return index().firstLive;
    }

    @Override
    public KeyLiveness of(byte[] key) {
        return index().byKey.get(ByteBuffer.wrap(key));
    }

    private Index index() {
        if (index == null) {
            index = Index.of(state);
            state = null;
        }
        return index;
    }
}
