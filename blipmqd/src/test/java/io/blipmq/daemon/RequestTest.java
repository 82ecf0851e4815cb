package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Confirm;
import io.blipmq.client.CuttingProxy;
import io.blipmq.client.Message;
import io.blipmq.client.NoResponderException;
import io.blipmq.client.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Request and reply between two clients and a real daemon. */
@Timeout(180)
class RequestTest {
    private static final Duration LONG = Duration.ofSeconds(60);

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
    void aRequestAtEitherQosGetsItsReply() {
        try (BlipClient client = daemon.connectPushed();
                BlipClient worker = daemon.connectPushed()) {
            worker.subscribe("double")
                    .name("workers")
                    .handle(request -> worker.send(Message.reply(request, request.text() + request.text())));
            for (int i = 0; i < 200; i++) {
                Message request = Message.of("double", "r" + i).withQos(i % 2);
                assertThat(client.request(request, LONG).text()).isEqualTo("r" + i + "r" + i);
            }
        }
    }

    @Test
    void nobodyWhoCouldReplyIsToldAtOnceAndAlsoThatARequesterIsGone() throws Exception {
        try (BlipClient worker = daemon.connectPushed();
                Receiver requests = worker.subscribe("t").receive()) {
            try (BlipClient client = daemon.connectPushed()) {
                assertThatExceptionOfType(NoResponderException.class)
                        .isThrownBy(() -> client.request("other", "a", LONG));
                client.requestAsync(Message.of("t", "a"), LONG);
                client.ping();
            }
            Message reply = Message.reply(requests.receive(LONG).orElseThrow(), "b");
            while (!worker.publish(reply).equals(new Confirm(0, false))) {
                worker.ping(); // until the daemon has seen the end of the requester's connection
            }
        }
    }

    @Test
    void aRequestThatWasStoredIsServedAfterAKill() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(daemon.brokerAddress());
                BlipClient client = BlipClient.builder()
                        .address(proxy.address())
                        .key(DaemonSetup.KEY)
                        .connect()) {
            client.subscribe("t")
                    .name("workers")
                    .manualAck()
                    .handle(request -> {})
                    .close();
            var reply = client.requestAsync(Message.of("t", "a"), LONG);
            client.ping();
            daemon.kill9();
            daemon = DaemonProcess.startReady(DaemonSetup.in(directory));
            proxy.target(daemon.brokerAddress());
            client.ping();
            client.subscribe("t").name("workers").handle(request -> client.send(Message.reply(request, "b")));
            assertThat(reply.get().text()).isEqualTo("b");
        }
    }
}
