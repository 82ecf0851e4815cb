package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private static final NetBudgets BUDGETS = new NetBudgets(26L << 20, 17L << 20);

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() throws IOException {
        int port = server.address().getPort();
        assertThatThrownBy(() -> listenOn("127.0.0.1", port))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the broker cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("in use")
                .hasMessageContaining("stop the program that uses the port, or set another port");
    }

    @Test
    void anAddressIsCheckedAsWhenListeningThere() {
        int port = server.address().getPort();
        assertThatThrownBy(() -> EventLoop.checkAddress(new NetAddress("127.0.0.1", port)))
                .hasMessageContaining("the broker cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("in use");
        assertThatThrownBy(() -> EventLoop.checkAddress(new NetAddress("192.0.2.1", 0)))
                .hasMessageContaining("set bind_addr");
        assertThatCode(() -> EventLoop.checkAddress(new NetAddress("127.0.0.1", 0)))
                .doesNotThrowAnyException();
    }

    @Test
    void anAddressOfAnotherMachineIsNamedWithWhatToDo() {
        assertThatThrownBy(() -> listenOn("192.0.2.1", 5555))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the broker cannot listen on 192.0.2.1:5555")
                .hasMessageContaining("bind_addr");
    }

    @Test
    void aHostThatDoesNotExistIsNamedWithWhatToDo() {
        assertThatThrownBy(() -> listenOn("no-such-host.invalid", 5555))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-host.invalid:5555: no such host");
    }

    /** The other thread's call comes before or while the loop sleeps: it must not sleep on in either case. */
    @Test
    void aWakeupEndsTheWait() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            server.turn();
            CountDownLatch started = new CountDownLatch(1);
            Thread waker = new Thread(() -> {
                started.countDown();
                server.loop.wakeup();
                server.loop.wakeup();
            });
            waker.start();
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            server.loop.awaitWork(TimeUnit.HOURS.toNanos(1));
            waker.join();
        }
    }

    @Test
    void anotherThreadRunsTurnsOnceItHasAdoptedTheLoop() throws Exception {
        server.turn();
        AtomicReference<Throwable> stranger = new AtomicReference<>();
        AtomicReference<Throwable> adopter = new AtomicReference<>();
        runToItsEnd(() -> server.turn(), stranger);
        assertThat(stranger.get()).isInstanceOf(AssertionError.class).hasMessageContaining("belongs to");

        runToItsEnd(
                () -> {
                    server.loop.adopt();
                    server.turn();
                },
                adopter);
        assertThat(adopter.get()).isNull();
        assertThatThrownBy(() -> server.turn()).isInstanceOf(AssertionError.class);
        server.loop.adopt();
        server.turn();
    }

    private static void runToItsEnd(Runnable work, AtomicReference<Throwable> failure) throws InterruptedException {
        Thread thread = new Thread(work);
        thread.setUncaughtExceptionHandler((failed, cause) -> failure.set(cause));
        thread.start();
        thread.join();
    }

    private void listenOn(String address, int port) throws IOException {
        EventLoop other = new EventLoop(server.broker, new NetOptions(10, BUDGETS), new NetMetrics());
        try {
            other.listen(new NetAddress(address, port), server.protocol);
        } finally {
            other.closeAll();
        }
    }
}
