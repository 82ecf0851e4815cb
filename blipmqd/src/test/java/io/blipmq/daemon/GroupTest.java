package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Confirm;
import io.blipmq.client.CuttingProxy;
import io.blipmq.client.Message;
import io.blipmq.client.SubscriptionInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers of a group that are lost and come back, and a daemon that is killed. */
@Timeout(300)
class GroupTest {
    private static final int WORKERS = 3;
    private static final int MESSAGES = 6_000;

    @TempDir
    Path directory;

    private DaemonProcess daemon;

    @BeforeEach
    void startDaemon() throws Exception {
        daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    @Test
    void whateverBecomesOfWorkersAndDaemonEachMessageIsHandled() throws Exception {
        Random random = new Random(1);
        Map<String, Integer> handled = new ConcurrentHashMap<>();
        List<CuttingProxy> proxies = new ArrayList<>();
        List<BlipClient> clients = new ArrayList<>();
        try {
            for (int worker = 0; worker <= WORKERS; worker++) {
                proxies.add(new CuttingProxy(daemon.brokerAddress()));
                clients.add(BlipClient.builder()
                        .address(proxies.get(worker).address())
                        .key(DaemonSetup.KEY)
                        .name("worker " + worker)
                        .connect());
            }
            BlipClient publisher = clients.get(WORKERS);
            for (BlipClient worker : clients.subList(0, WORKERS)) {
                worker.subscribe("jobs")
                        .group("workers")
                        .countFromBegin()
                        .handle(job -> handled.merge(job.text(), 1, Integer::sum));
            }
            List<CompletableFuture<Confirm>> confirms = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                confirms.add(publisher.publishAsync(Message.of("jobs", "job " + i)));
                if (i % 300 == 299) {
                    confirms.get(i).get(60, TimeUnit.SECONDS);
                    proxies.get(random.nextInt(WORKERS)).cutAll();
                }
                if (i % 2_000 == 1_999) {
                    daemon.kill9();
                    daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
                    for (CuttingProxy proxy : proxies) {
                        proxy.target(daemon.brokerAddress());
                    }
                }
            }
            for (CompletableFuture<Confirm> confirm : confirms) {
                confirm.get(60, TimeUnit.SECONDS);
            }
            while (handled.size() < MESSAGES || !isDone(publisher)) {
                publisher.ping();
            }
            assertThat(publisher.admin().subscriptions()).as("no dead letters").hasSize(1);
        } finally {
            clients.forEach(BlipClient::close);
            for (CuttingProxy proxy : proxies) {
                proxy.close();
            }
        }
    }

    /** Whether nothing waits, and every worker is back. */
    private static boolean isDone(BlipClient client) {
        SubscriptionInfo group = client.admin().subscription("workers").orElseThrow();
        return group.backlog() == 0 && group.unsettled() == 0 && group.memberCount() == WORKERS;
    }
}
