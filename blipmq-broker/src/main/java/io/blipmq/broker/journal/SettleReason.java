package io.blipmq.broker.journal;

import io.blipmq.wal.NewerContentException;

/** Why a message left a subscription. The codes stand in the journal and never change. */
public enum SettleReason {
    ACKNOWLEDGED(1),
    TTL_EXPIRED(2),
    DEAD_LETTER_EXPIRED(3),
    PURGED(4);

    private final int code;

    SettleReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static SettleReason of(int code) {
        return switch (code) {
            case 1 -> ACKNOWLEDGED;
            case 2 -> TTL_EXPIRED;
            case 3 -> DEAD_LETTER_EXPIRED;
            case 4 -> PURGED;
            default -> throw new NewerContentException("settle reason " + code);
        };
    }
}
