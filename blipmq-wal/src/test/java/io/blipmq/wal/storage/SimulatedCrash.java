package io.blipmq.wal.storage;

/** The simulated process died within a storage call; thrown by that call and every later one, until the restart. */
public final class SimulatedCrash extends RuntimeException {

    SimulatedCrash() {
        super("the simulated process is dead");
    }
}
