package io.blipmq.broker;

/** The two clocks the core reads; tests give their own. Thread-safe. */
public interface BrokerClock {
    /** The system's clocks. */
    BrokerClock SYSTEM = new BrokerClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic time for deadlines, as {@link System#nanoTime()}. */
    long nanoTime();

    /** Wall-clock time for what is stored with a message, in milliseconds since 1970 UTC. */
    long epochMillis();
}
