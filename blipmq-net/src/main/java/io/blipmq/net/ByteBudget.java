package io.blipmq.net;

import java.util.ArrayList;
import java.util.List;

/**
 * How many bytes may be held for one purpose by all connections together. Owned by the broker thread.
 *
 * <p>The headroom is kept back from whoever can be told to wait, for those who cannot: bytes that were already read
 * from a socket have to be put somewhere.
 *
 * <p>A tenant reserves a large amount as a whole and may keep others waiting for it, so a tenant that does not use its
 * reservation gives it back as soon as another one has a use for it.
 */
final class ByteBudget {
    /** Who may go beyond the limit may do so by this share of it, all together. */
    static final int BEYOND_SHARE = 2;
    /** It is short when less than this share of it is left. */
    private static final int SHORT_SHARE = 4;

    private final long limitBytes;
    private final long headroomBytes;
    private long usedBytes;
    /** Those that have reserved bytes and not given them back. */
    private final List<Tenant> tenants = new ArrayList<>();

    private boolean refused;

    /** Has reserved bytes. */
    interface Tenant {
        /** Whether it has no use for its reservation now, and can give it back. */
        boolean mayLeave(long nowNanos);

        /** Gives the reservation back, with {@link #releaseReserved}. */
        void leave();
    }

    ByteBudget(long limitBytes, long headroomBytes) {
        if (headroomBytes >= limitBytes) {
            throw new IllegalArgumentException(
                    "a budget of " + limitBytes + " bytes leaves nothing beside its headroom of " + headroomBytes);
        }
        this.limitBytes = limitBytes;
        this.headroomBytes = headroomBytes;
    }

    /**
     * Takes bytes unless they would touch the headroom, until {@link #releaseReserved}. Tenants that may leave are made to
     * when there is no room otherwise. A single tenant always has room: what is held by those that wait must not keep the
     * room from all of them.
     */
    boolean tryReserve(long bytes, Tenant tenant, long nowNanos) {
        for (int i = tenants.size() - 1; i >= 0 && !fits(bytes); i--) {
            if (tenants.get(i).mayLeave(nowNanos)) {
                tenants.get(i).leave();
            }
        }
        if (!fits(bytes)) {
            refused = true;
            return false;
        }
        usedBytes += bytes;
        tenants.add(tenant);
        return true;
    }

    /** Whether it is worth a try to reserve bytes: there is room, or there are tenants that may leave. */
    boolean mayReserve(long bytes, long nowNanos) {
        if (fits(bytes)) {
            return true;
        }
        for (int i = 0; i < tenants.size(); i++) {
            if (tenants.get(i).mayLeave(nowNanos)) {
                return true;
            }
        }
        refused = true;
        return false;
    }

    /** Whether bytes could be taken, without touching the headroom, in exchange for others. */
    boolean canExchange(long bytes, long forBytes) {
        return usedBytes - forBytes + bytes + headroomBytes <= limitBytes;
    }

    private boolean fits(long bytes) {
        return tenants.isEmpty() || usedBytes + bytes + headroomBytes <= limitBytes;
    }

    /** Somebody has to wait for bytes that this budget does not have. */
    void onRefused() {
        refused = true;
    }

    /** Whether bytes were asked for in vain since this was asked last. */
    boolean takeRefused() {
        boolean taken = refused;
        refused = false;
        return taken;
    }

    /** Gives back what {@link #tryReserve} has taken. */
    void releaseReserved(long bytes, Tenant tenant) {
        tenants.remove(tenant);
        release(bytes);
    }

    /** Takes bytes that cannot be refused any more; those who can wait do so until they are given back. */
    void reserve(long bytes) {
        usedBytes += bytes;
    }

    void release(long bytes) {
        usedBytes -= bytes;
        assert usedBytes >= 0 : "more bytes given back than taken";
    }

    /** Whether nothing beyond the headroom is taken. */
    boolean hasRoom() {
        return usedBytes + headroomBytes <= limitBytes;
    }

    /** Whether there is room even for those who have taken nothing yet, and should not wait for those who have. */
    boolean hasRoomBeyond() {
        return usedBytes <= limitBytes + limitBytes / BEYOND_SHARE;
    }

    /** Whether those who hold bytes that they do not use should give them back. */
    boolean isShort() {
        return usedBytes > limitBytes - limitBytes / SHORT_SHARE;
    }

    long usedBytes() {
        return usedBytes;
    }
}
