package io.blipmq.net;

import java.util.concurrent.atomic.AtomicLong;

/** One protocol's counters. Thread-safe: one writer, the broker thread; any number of readers. */
public final class ProtocolMetrics {
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong packetsIn = new AtomicLong();

    /** Authenticated connections that speak this protocol now. */
    public long sessions() {
        return sessions.getAcquire();
    }

    /** Packets handled since the start. */
    public long packetsIn() {
        return packetsIn.getAcquire();
    }

    public void onSessionReady() {
        sessions.setRelease(sessions.getPlain() + 1);
    }

    public void onSessionEnded() {
        sessions.setRelease(sessions.getPlain() - 1);
    }

    public void onPacketsHandled(int packets) {
        packetsIn.setRelease(packetsIn.getPlain() + packets);
    }
}
