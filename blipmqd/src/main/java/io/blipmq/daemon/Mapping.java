package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerLimits;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.config.FsyncPolicy;
import io.blipmq.config.Settings;
import io.blipmq.config.WalRecovery;
import io.blipmq.net.NetAddress;
import io.blipmq.net.NetMetrics;
import io.blipmq.net.NetOptions;
import io.blipmq.net.blip.BlipProtocol;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip1.Blip1;
import io.blipmq.net.blip2.Blip2;
import io.blipmq.net.blip2.ServerDescription;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.WalOptions;
import java.util.concurrent.TimeUnit;

/** What each module gets of the settings: only the daemon sees the configuration. Stateless. */
final class Mapping {
    /** Bounds what subscriptions cost in memory; a thousand for each of a thousand clients. */
    private static final int SUBSCRIPTIONS_MAX = 1_000_000;

    private static final String SERVER_NAME = "blipmqd";

    private Mapping() {}

    static BrokerOptions brokerOptions(Settings settings, MemoryBudgets memory) {
        Settings.Delivery delivery = settings.delivery();
        Settings.Retention retention = settings.retention();
        return new BrokerOptions(
                delivery.maxRetries(),
                TimeUnit.MILLISECONDS.toNanos(delivery.ackTimeoutMillis()),
                delivery.messageTtlMillis(),
                TimeUnit.MILLISECONDS.toNanos(retention.subscriptionExpiryMillis()),
                retention.detachedBacklogBytes(),
                retention.deadLetterMillis(),
                delivery.qos0QueueMessages(),
                memory.liveBytes(),
                delivery.maxInFlight(),
                memory.positions(),
                SUBSCRIPTIONS_MAX,
                settings.limits().maxSubscriptionsPerConnection(),
                memory.stateBytes(),
                deduplication(settings.deduplication(), memory),
                BrokerLimits.defaults());
    }

    private static DeduplicationOptions deduplication(Settings.Deduplication settings, MemoryBudgets memory) {
        return new DeduplicationOptions(settings.windowMillis(), settings.entriesMax(), memory.publishIdBytes());
    }

    static WalOptions walOptions(Settings settings, MemoryBudgets memory) {
        WalOptions defaults = WalOptions.defaults();
        return memory.log(defaults)
                .withForcePolicy(forcePolicy(settings.log().fsyncPolicy()))
                .withSegments(
                        settings.log().segmentBytes(),
                        defaults.startSegmentBytes(),
                        defaults.recordBytesMax(),
                        defaults.reserveBytes())
                .withSalvage(settings.log().recovery() == WalRecovery.SALVAGE)
                .withContent(LocalJournal.content())
                .withRecordKey(LocalJournal.recordKey());
    }

    static NetAddress address(Settings settings) {
        return new NetAddress(settings.broker().host(), settings.broker().port());
    }

    static NetOptions netOptions(MemoryBudgets memory, WalOptions log) {
        return new NetOptions(memory.connectionsMax(), memory.connections(log));
    }

    static BlipProtocol protocol(
            Settings settings, String version, Broker broker, NetOptions options, NetMetrics metrics) {
        BlipResources shared = new BlipResources(
                broker, options.limits(), metrics, settings.apiKeys().encoded());
        ServerDescription server = new ServerDescription(
                SERVER_NAME + "/" + version,
                settings.log().fsyncPolicy().toString(),
                settings.delivery().maxInFlight(),
                settings.limits().maxSubscriptionsPerConnection(),
                settings.delivery().maxRetries(),
                settings.delivery().pushAckTimeoutMillis());
        return new BlipProtocol(shared, new Blip1(shared), new Blip2(shared, server, options));
    }

    private static ForcePolicy forcePolicy(FsyncPolicy policy) {
        if (policy instanceof FsyncPolicy.EveryN everyN) {
            return ForcePolicy.everyN(everyN.records());
        }
        if (policy instanceof FsyncPolicy.IntervalMillis interval) {
            return ForcePolicy.intervalMillis(interval.millis());
        }
        return policy instanceof FsyncPolicy.None ? ForcePolicy.NONE : ForcePolicy.ALWAYS;
    }
}
