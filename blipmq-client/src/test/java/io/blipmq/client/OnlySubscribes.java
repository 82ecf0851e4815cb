package io.blipmq.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A program whose {@code main} only subscribes. It ends when it is told to. */
final class OnlySubscribes {
    private OnlySubscribes() {}

    /** @param args the broker's address, and whether handlers run on an executor of the program's */
    public static void main(String[] args) {
        BlipClientBuilder builder = BlipClient.builder().url(args[0]).key(FakeBroker.KEY);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        if (Boolean.parseBoolean(args[1])) {
            builder.handlers(executor);
        }
        BlipClient client = builder.connect();
        client.subscribe("t").name("all").handle(delivery -> {
            System.out.println(delivery.text());
            if (delivery.text().equals("end")) {
                delivery.ack();
                client.close();
                executor.shutdown();
            }
        });
    }
}
