package io.blipmq.broker;

import java.nio.ByteBuffer;

/**
 * What the broker pushes into: one per connection that takes deliveries without asking for each. Called on the core
 * thread, from {@link PushScheduler#push} and from other clients' requests: one that takes a subscription over, or a
 * publish at QoS 0 that goes straight to its only reader.
 */
public interface PushSink {

    /**
     * Whether the connection's output takes more. When it says no the broker pushes nothing to this connection until
     * {@link PushScheduler#onRoom}. What is pushed after a yes is taken whole, however large it is.
     */
    boolean hasRoom();

    /**
     * Names the topic of what is pushed next to a subscription to a filter; it is not called for a subscription to one topic.
     * It counts for the next push only.
     *
     * @param names holds the name at an absolute offset, during the call
     */
    void ofTopic(ByteBuffer names, int offset, int length);

    /**
     * Messages at QoS 0: a run of whole entries, as they were published, to be copied during the call.
     *
     * @param publishedMillis when they were published, wall clock
     * @param entries holds them at an absolute offset
     * @param count how many entries it is
     */
    void pushEntries(long subscriptionId, long publishedMillis, ByteBuffer entries, int offset, int length, int count);

    /**
     * Begins one delivery at QoS 1.
     *
     * @param deliveryTag what it is settled with
     * @param attempt how often it has been delivered with this one, from 1
     * @param entryBytes length of the entry that follows: its length word, properties and body
     * @return a buffer whose position is where the entry belongs and which has room for all of it; the broker puts
     *     exactly {@code entryBytes} bytes before it calls anything else
     */
    ByteBuffer push(long subscriptionId, long deliveryTag, int attempt, long publishedMillis, int entryBytes);

    /** Bytes of output so far, up to the end of what was pushed last. */
    long position();

    /** How many of them have been written to the socket. */
    long written();

    /**
     * Another connection has taken a subscription over: nothing more of it is pushed. It may come before the answer to the
     * ATTACH was written.
     *
     * @param successor who has it now, for a person
     */
    void onTakenOver(long subscriptionId, String successor);
}
