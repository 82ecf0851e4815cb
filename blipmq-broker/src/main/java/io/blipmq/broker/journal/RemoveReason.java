package io.blipmq.broker.journal;

import io.blipmq.wal.NewerContentException;

/** Why a durable subscription ended. The codes stand in the journal and never change. */
public enum RemoveReason {
    /** Detached for longer than {@code subscription_expiry_ms}. */
    EXPIRED(1),
    /** Detached with more than {@code detached_backlog_bytes} waiting. */
    BACKLOG_TOO_LARGE(2),
    /** A client asked for it. */
    DELETED(3),
    /** Its connection ended, and it was made to end with that. */
    CONNECTION_ENDED(4),
    /** By the operator, on a stopped daemon's log. */
    DROPPED(5);

    private final int code;

    RemoveReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static RemoveReason of(int code) {
        return switch (code) {
            case 1 -> EXPIRED;
            case 2 -> BACKLOG_TOO_LARGE;
            case 3 -> DELETED;
            case 4 -> CONNECTION_ENDED;
            case 5 -> DROPPED;
            default -> throw new NewerContentException("removal reason " + code);
        };
    }
}
