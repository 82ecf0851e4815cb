package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.OwnerId;
import java.util.ArrayList;
import java.util.List;

/**
 * A subscription at QoS 0: one connection has it, or the members of a group share it. Owned by the simulation's thread.
 *
 * @param name of the group; empty: one connection has it
 * @param client null for a group
 * @param members the connections that it is pushed to; none when it is polled
 */
record Passing(
        String topic,
        OwnerId owner,
        String name,
        SimulatedClient client,
        MemoryQueue live,
        List<ModelAttachment> members) {
    static Passing polled(String topic, SimulatedClient client, MemoryQueue live) {
        return new Passing(topic, client.owner(), "", client, live, List.of());
    }

    static Passing pushed(String topic, ModelAttachment attachment, MemoryQueue live) {
        PushedClient client = attachment.client;
        return new Passing(topic, client.owner(), "", client, live, List.of(attachment));
    }

    /** Without a member. */
    static Passing ofGroup(String topic, OwnerId owner, String name, MemoryQueue live) {
        return new Passing(topic, owner, name, null, live, new ArrayList<>());
    }

    /** What a connection has of it, or null. */
    ModelAttachment attachment(SimulatedClient of) {
        return members.stream()
                .filter(member -> member.client == of)
                .findFirst()
                .orElse(null);
    }

    boolean isGroup(OwnerId of, String called) {
        return client == null && owner.equals(of) && name.equals(called);
    }

    /**
     * A connection leaves it, or had no part in it.
     *
     * @return whether it ends with that
     */
    boolean leave(SimulatedClient leaving) {
        if (client != null) {
            return client == leaving;
        }
        return members.removeIf(member -> member.client == leaving) && members.isEmpty();
    }
}
