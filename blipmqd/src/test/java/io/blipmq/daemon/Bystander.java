package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Owned by the test's thread: a well-behaved client, for whom everything goes on whatever others do. */
final class Bystander implements AutoCloseable {
    private static final String TOPIC = "bystander";

    private final BlipClient client;
    private final long subscription;
    private int sent;

    Bystander(DaemonProcess daemon) throws IOException {
        client = daemon.connect();
        subscription = client.subscribe(TOPIC, 1);
    }

    /** Publishes messages, and gets and acknowledges each of them in order. */
    void exchange(int count) throws IOException {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add("message " + sent++);
            client.publish(TOPIC, WireClient.bytes(messages.get(i)), 1);
        }
        client.ping();
        List<Delivery> deliveries = client.poll(subscription, count + 1);
        assertThat(deliveries).extracting(Delivery::text).isEqualTo(messages);
        for (Delivery delivery : deliveries) {
            client.ack(subscription, delivery.deliveryTag());
        }
        client.ping();
        assertThat(client.takeRefusedAcks()).isEmpty();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
