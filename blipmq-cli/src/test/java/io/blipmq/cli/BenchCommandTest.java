package io.blipmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.client.FakeBroker;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BenchCommandTest {
    @TempDir
    Path directory;

    private FakeBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = new FakeBroker();
    }

    @AfterEach
    void stopBroker() throws IOException {
        broker.close();
    }

    @Test
    void countsAndChecksEveryDelivery() {
        CommandRun run = bench("--messages", "300", "--publishers", "2", "--subscribers", "2", "--topics", "3");

        assertThat(run.out())
                .startsWith("2 publishers, 2 subscribers, 3 topics, 100 bytes, QoS 1, window 64\n")
                .contains("300 published, 300 confirmed, 600 delivered in ")
                .endsWith("lost 0, duplicated 0, reordered 0, refused 0: ok\n");
        assertThat(run.status()).isZero();
    }

    @Test
    void atARateItDrawsTheLatency() throws IOException {
        Path svg = directory.resolve("latency.svg");

        CommandRun run = bench("--messages", "50", "--rate", "500", "--json", "--svg", svg.toString());

        assertThat(run.out())
                .contains("\"delivered\":50", "\"deliveryNanos\":{\"p50\":", "\"good\":true")
                .hasLineCount(1);
        assertThat(Files.readString(svg))
                .startsWith("<svg ")
                .contains("99.9 %", "<polyline")
                .endsWith("</svg>\n");
    }

    @Test
    void whatIsLostIsStatus1() {
        broker.loseEvery(100);

        CommandRun run = bench("--messages", "300");

        assertThat(run.out()).contains("lost 3, ").contains("FAILED");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aRefusalIsStatus1() {
        broker.refuse(V2Nack.DISK_FULL, body -> body[11] == 7);

        CommandRun run = bench("--messages", "20");

        assertThat(run.out()).contains("refused 1: FAILED", "507 disk full");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void refusalsForOneReasonAreOneLine() {
        broker.refuse(V2Nack.DISK_FULL, body -> true);

        CommandRun run = bench("--messages", "20");

        assertThat(run.out()).endsWith("refused 20: FAILED\na publish was refused: 507 disk full (20 times)\n");
    }

    private CommandRun bench(String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "bench";
        all[1] = "--window";
        all[2] = "64";
        System.arraycopy(options, 0, all, 3, options.length);
        return CommandRun.at(broker).run(all);
    }
}
