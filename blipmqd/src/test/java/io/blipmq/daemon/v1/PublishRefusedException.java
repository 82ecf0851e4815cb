package io.blipmq.daemon.v1;

import java.io.IOException;
import java.util.List;

/**
 * Thrown at a barrier when publishes since the last one were refused. Every publish since then that is not counted here
 * was accepted. The connection stays usable.
 */
public final class PublishRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final long refusedCount;
    private final transient List<Refusal> refusals;

    PublishRefusedException(long refusedCount, List<Refusal> refusals) {
        super(describe(refusedCount, refusals));
        this.refusedCount = refusedCount;
        this.refusals = refusals;
    }

    private static String describe(long refusedCount, List<Refusal> refusals) {
        String first = refusals.get(0).toString();
        return refusedCount == 1
                ? "a publish was refused: " + first
                : refusedCount + " publishes were refused, the first with: " + first;
    }

    /** How many publishes were refused. */
    public long refusedCount() {
        return refusedCount;
    }

    /** The refused publishes in their order; of very many, the first {@link BlipClient#REFUSALS_KEPT_MAX}. */
    public List<Refusal> refusals() {
        return refusals;
    }
}
