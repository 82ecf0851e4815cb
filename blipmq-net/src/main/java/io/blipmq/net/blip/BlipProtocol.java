package io.blipmq.net.blip;

import io.blipmq.net.Protocol;
import io.blipmq.net.ProtocolMetrics;
import io.blipmq.net.Session;
import io.blipmq.net.SessionHost;
import java.util.List;

/** BlipMQ's own protocol, in the versions that are spoken here. Called on the broker thread. */
public final class BlipProtocol implements Protocol {
    private final BlipResources shared;
    private final List<BlipVersion> versions;

    /** @param versions the first is spoken until HELLO has chosen one */
    public BlipProtocol(BlipResources shared, BlipVersion... versions) {
        this.shared = shared;
        this.versions = List.of(versions);
    }

    @Override
    public Session begin(SessionHost host) {
        return new HelloSession(shared, host, this);
    }

    /** The counters of a version that is spoken here. */
    public ProtocolMetrics metrics(int number) {
        return version(number).metrics();
    }

    /** The one that is spoken before HELLO. */
    BlipVersion first() {
        return versions.get(0);
    }

    /** @return null when it is not spoken here */
    BlipVersion version(int number) {
        for (BlipVersion version : versions) {
            if (version.number() == number) {
                return version;
            }
        }
        return null;
    }
}
