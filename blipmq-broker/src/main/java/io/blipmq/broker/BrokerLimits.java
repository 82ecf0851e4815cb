package io.blipmq.broker;

import io.blipmq.broker.memory.ChunkSizes;
import java.util.concurrent.TimeUnit;

/**
 * Bounds of what the core does in one turn or for one request, and of its small tables. Immutable. The defaults are right for
 * every machine; they are injected so that simulations can draw small ones and run the code beyond each of them.
 *
 * @param commandsPerTurn commands applied in a turn, so that a burst does not starve the sockets
 * @param expiredPerStep expired messages that one request, or one look at a subscription, passes over
 * @param sweptMax expired messages behind one that has not expired that are dropped before their turn, when a detached
 *     subscription's backlog is too large; at 12 bytes each
 * @param tickWorkPerTurn of the maintenance tick's work, as {@link WorkMeter} counts it, in one turn
 * @param captureWorkPerTurn of writing a checkpoint's state down, likewise
 * @param startGraceNanos no subscription is removed for being detached within this time from a start
 * @param downMillisMax a daemon that seems to have been down for longer has a system clock that was wrong: a long weekend
 * @param lettersPerRequest dead letters that one request redrives or purges; who wants more asks again
 * @param lettersPerTurn of them in one turn, so that others are served in between
 * @param letterBytesPerTurn likewise; a larger letter has a turn of its own
 * @param pushesPerService messages that one subscription gets before the next one's turn
 * @param pushesPerTurn messages that are pushed in one turn
 * @param listItems items of a page, whatever is asked for; bounds its memory
 * @param listWork deliveries that are looked at for one page, but for the last item's: two milliseconds
 * @param delayedMax deliveries of one subscription that wait for a delay and do not count as in flight
 * @param waitingSettlements acknowledgements of all subscriptions together that may wait for room in the journal: as many as
 *     one subscription may have in flight by default, and the last request may come with as many again; under 2 MiB
 * @param wheelTickShift the deadlines' ticks last 2 to the power of this nanoseconds
 * @param wheelSlots of the deadlines' wheel, a power of two
 * @param pageEntriesMin positions in the first page of a topic's, so that a hundred thousand quiet topics cost little
 * @param pageEntriesMax positions in a page of a long backlog
 * @param subscriptionBytes what a stored subscription is taken to cost in memory, with its topic and its part of a checkpoint
 * @param memorySubscriptionBytes what a QoS 0 subscription is taken to cost, with its topic
 * @param deliveryBytes what a delivery that is not settled is taken to cost, with its part of a checkpoint
 * @param letterBytes what remembering a dead letter costs
 * @param smallChunkBytes of the first memory of a topic's QoS 0 messages, so that many topics with one each cost little
 * @param chunkBytes of the next, so that a chunk change is rare
 * @param largeChunkBytes for batches: takes one whole, and little is lost when it has to give way
 * @param pooledSmallChunks spare ones that are kept
 * @param pooledChunks likewise
 * @param routesCached topics without subscriptions of their own whose filters are remembered; a power of two
 * @param schedules of scheduled messages
 */
public record BrokerLimits(
        int commandsPerTurn,
        int expiredPerStep,
        int sweptMax,
        int tickWorkPerTurn,
        int captureWorkPerTurn,
        long startGraceNanos,
        long downMillisMax,
        int lettersPerRequest,
        int lettersPerTurn,
        int letterBytesPerTurn,
        int pushesPerService,
        int pushesPerTurn,
        int listItems,
        int listWork,
        int delayedMax,
        int waitingSettlements,
        int wheelTickShift,
        int wheelSlots,
        int pageEntriesMin,
        int pageEntriesMax,
        int subscriptionBytes,
        int memorySubscriptionBytes,
        int deliveryBytes,
        int letterBytes,
        int smallChunkBytes,
        int chunkBytes,
        int largeChunkBytes,
        int pooledSmallChunks,
        int pooledChunks,
        int routesCached,
        ScheduleLimits schedules) {

    public BrokerLimits {
        if (Integer.bitCount(wheelSlots) != 1) {
            throw new IllegalArgumentException("the deadlines' wheel has " + wheelSlots + " slots, no power of two");
        }
    }

    /** How large the chunks of QoS 0 messages' memory are. */
    ChunkSizes chunkSizes() {
        return new ChunkSizes(smallChunkBytes, chunkBytes, largeChunkBytes, pooledSmallChunks, pooledChunks);
    }

    public static BrokerLimits defaults() {
        return new BrokerLimits(
                16_384,
                1_000,
                100_000,
                1 << 17,
                1 << 16,
                TimeUnit.MINUTES.toNanos(5),
                TimeUnit.DAYS.toMillis(4),
                10_000,
                500,
                1 << 20,
                4_096,
                1 << 17,
                1_000,
                65_536,
                100_000,
                16_384,
                23, // 8.4 ms: finer than any useful retry backoff
                4_096, // one revolution is 34 s, more than the longest usual backoff
                8,
                1_024,
                2_048,
                768,
                256,
                150,
                1_024,
                16 * 1_024,
                128 * 1_024,
                4_096,
                64,
                1 << 17,
                ScheduleLimits.defaults());
    }
}
