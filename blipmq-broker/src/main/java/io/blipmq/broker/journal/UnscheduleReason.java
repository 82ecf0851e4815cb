package io.blipmq.broker.journal;

import io.blipmq.wal.NewerContentException;

/** Why a scheduled message ends without being published. Immutable. The codes are in the journal and never change. */
public enum UnscheduleReason {
    /** A client asked for it before it was due. */
    CANCELLED(1),
    /** It was due, and its topic had no subscription. */
    NO_SUBSCRIPTION(2);

    private final int code;

    UnscheduleReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static UnscheduleReason of(int code) {
        return switch (code) {
            case 1 -> CANCELLED;
            case 2 -> NO_SUBSCRIPTION;
            default -> throw new NewerContentException("reason " + code + " for the end of a scheduled message");
        };
    }
}
