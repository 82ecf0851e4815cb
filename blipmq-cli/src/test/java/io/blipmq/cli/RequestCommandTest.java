package io.blipmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.BlipClient;
import io.blipmq.client.FakeBroker;
import io.blipmq.client.Message;
import io.blipmq.client.NoResponderException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RequestCommandTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private FakeBroker broker;
    private BlipClient client;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
        client = BlipClient.builder()
                .address(broker.address())
                .key(FakeBroker.KEY)
                .connect();
    }

    @AfterEach
    void stopBroker() throws IOException {
        client.close();
        broker.close();
    }

    private CompletableFuture<CommandRun> reply(String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "reply";
        arguments[1] = "calc";
        System.arraycopy(options, 0, arguments, 2, options.length);
        return CompletableFuture.supplyAsync(() -> CommandRun.at(broker).run(arguments));
    }

    /** A request that waits for somebody who serves it. */
    private String request(String body) {
        while (true) {
            try {
                return client.request("calc", body, LONG).text();
            } catch (NoResponderException e) {
                client.ping();
            }
        }
    }

    @Test
    void aRequestPrintsTheReply() {
        client.subscribe("upper")
                .qos(0)
                .handle(request ->
                        client.send(Message.reply(request, request.text().toUpperCase())));

        CommandRun text = CommandRun.at(broker).run("request", "upper", "hello");
        CommandRun raw = CommandRun.at(broker).input("a\nb\n").run("request", "upper", "-o", "raw");
        CommandRun json = CommandRun.at(broker).run("request", "upper", "x", "--json");

        assertThat(text.status()).as(text.err()).isZero();
        assertThat(text.out()).isEqualTo("HELLO\n");
        assertThat(raw.out()).isEqualTo("A\nB\n");
        assertThat(json.out()).startsWith("{\"topic\":\"_reply/").endsWith("\"body\":\"X\"}\n");
    }

    @Test
    void withoutAnybodyOrWithoutAReplyItFails() {
        CommandRun nobody = CommandRun.at(broker).run("request", "upper", "hello");
        broker.collect("upper", "idle");
        CommandRun late = CommandRun.at(broker).run("request", "upper", "hello", "--timeout", "0.05");

        assertThat(nobody.status()).isEqualTo(1);
        assertThat(nobody.err()).isEqualTo("blipmq request: nobody is subscribed to upper, so no reply can come\n");
        assertThat(late.status()).isEqualTo(1);
        assertThat(late.err()).isEqualTo("blipmq request: a request to upper: no reply in time\n");
    }

    @Test
    void wrongOptionsAreNamed() {
        CommandRun both = CommandRun.at(broker).run("request", "t", "m", "--file", "f");
        CommandRun count = CommandRun.at(broker).run("reply", "t", "--command", "cat", "--count", "0");

        assertThat(both.err()).startsWith("blipmq request: give MESSAGE or --file, not both");
        assertThat(count.err()).startsWith("blipmq reply: --count takes 1 or more, not 0");
    }

    @Test
    void theOutputOfACommandIsTheReply() throws Exception {
        CompletableFuture<CommandRun> reply = reply("--command", "tr a-z A-Z", "--count", "2");

        assertThat(request("one")).isEqualTo("ONE");
        assertThat(request("x".repeat(200_000))).isEqualTo("X".repeat(200_000));
        assertThat(reply.get(60, TimeUnit.SECONDS).status()).isZero();
    }

    @Test
    void aCommandThatFailsOrHangsBringsNoReplyAndTheRequestComesAgain() throws Exception {
        broker.collect("calc", "workers");
        client.publish("calc", "job");
        CompletableFuture<CommandRun> failing = reply("--name", "workers", "--command", "exit 3", "--count", "1");
        CommandRun failed = failing.get(60, TimeUnit.SECONDS);
        CommandRun hung = reply("--name", "workers", "--command", "sleep 60", "--timeout", "0.05", "--count", "1")
                .get(60, TimeUnit.SECONDS);

        assertThat(failed.err()).contains("no reply: the command ended with status 3\n");
        assertThat(hung.err()).contains("no reply: the command takes longer than 0.05 s\n");
        assertThat(broker.bodies("workers")).containsExactly("job");
    }
}
