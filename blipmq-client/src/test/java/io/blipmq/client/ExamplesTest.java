package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the Javadoc, which do what they say, and stand in the sources as they stand here. */
@Timeout(60)
class ExamplesTest {
    private static final Path MAIN = Path.of("src/main/java/io/blipmq/client");
    private static final Path THIS = Path.of("src/test/java/io/blipmq/client/ExamplesTest.java");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private FakeBroker broker;
    private String url;
    private String key = FakeBroker.KEY;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        url = "blip://" + broker.address();
    }

    @AfterEach
    void stopBroker() throws IOException {
        broker.close();
    }

    @Test
    void publishAndHandle() {
        // example: BlipClient
        try (BlipClient client =
                BlipClient.builder().url(url).key(key).name("shop").connect()) {
            client.subscribe("orders").name("bar").handle(order -> {
                out.println(order.text());
            });

            client.publish("orders", "one espresso"); // stored when this returns
        }
        // end
        assertThat(broker.frames).isNotEmpty();
    }

    @Test
    void messages() {
        // example: Message
        Message order =
                Message.of("orders", "one espresso").withHeader("shop", "Linz").withTtl(Duration.ofMinutes(10));
        // end
        assertThat(Properties.headers(order.properties())).hasSize(1);
    }

    @Test
    void receivers() throws Exception {
        broker.collect("orders", "bar");
        try (BlipClient client = BlipClient.builder().url(url).key(key).connect()) {
            client.publish("orders", "one espresso");
            client.publish("orders", "two teas");
            // example: Receiver
            try (Receiver orders = client.subscribe("orders").name("bar").receive()) {
                for (Delivery order : orders) {
                    out.println(order.text());
                    if (order.text().startsWith("two")) {
                        break;
                    }
                }
            }
            // end
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).hasLineCount(2);
        assertThat(broker.bodies("bar")).isEmpty();
    }

    @Test
    void manualAcknowledgement() throws Exception {
        broker.collect("orders", "bar");
        try (BlipClient client = BlipClient.builder().url(url).key(key).connect()) {
            client.publish("orders", "one espresso");
            // example: SubscriptionBuilder
            Receiver orders = client.subscribe("orders")
                    .name("bar")
                    .credit(10)
                    .manualAck()
                    .ackTimeout(Duration.ofMinutes(1))
                    .receive();
            Delivery order = orders.receive();
            if (order.attempt() > 3) {
                order.reject("nobody can make this");
            } else {
                order.ack();
            }
            // end
            orders.close();
        }
        assertThat(broker.bodies("bar")).isEmpty();
    }

    /** Where they are printed to, and what the broker is called, is the reader's to know. */
    @Test
    void theSourcesHaveTheSame() throws IOException {
        List<String> lines = Files.readAllLines(THIS);
        int examples = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("// example: ")) {
                examples++;
                Path source = MAIN.resolve(line.substring("// example: ".length()) + ".java");
                assertThat(javadocExample(source)).as("%s", source).isEqualTo(example(lines, i + 1));
            }
        }
        assertThat(examples).isEqualTo(4);
    }

    private static String example(List<String> lines, int from) {
        List<String> code = new ArrayList<>();
        for (int i = from; !lines.get(i).strip().equals("// end"); i++) {
            code.add(lines.get(i));
        }
        return words(code.stream()).replace("out.println", "System.out.println");
    }

    private static String javadocExample(Path source) throws IOException {
        String text = Files.readString(source);
        int start = text.indexOf("<pre>{@code\n") + "<pre>{@code\n".length();
        String code = text.substring(start, text.indexOf("* }</pre>", start));
        return words(code.lines().map(line -> line.replaceFirst("^ \\*", "")));
    }

    private static String words(Stream<String> lines) {
        return String.join(
                        "\n",
                        lines.map(String::strip).filter(line -> !line.isEmpty()).toList())
                .replaceAll("\\s+", "")
                .strip();
    }
}
