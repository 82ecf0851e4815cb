package io.blipmq.broker.memory;

import java.nio.ByteBuffer;

/** Takes QoS 0 messages out of memory, run by run. Called on the core thread. */
public interface EntrySink {
    /** Bytes of bodies and properties that it takes, the last message may go beyond them; {@link Long#MAX_VALUE}: any number. */
    long creditBytes();

    /** Names the topic of what is taken next, where several may come; the buffer is read during the call. */
    void ofTopic(ByteBuffer names, int offset, int length);

    /**
     * Takes a run of whole entries, to be copied during the call.
     *
     * @param publishedMillis when they were published, wall clock
     * @param entries holds them at an absolute offset
     * @param count how many entries it is
     */
    void takeEntries(long publishedMillis, ByteBuffer entries, int offset, int length, int count);
}
