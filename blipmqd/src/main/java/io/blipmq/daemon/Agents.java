package io.blipmq.daemon;

import io.blipmq.daemon.threads.Agent;
import io.blipmq.daemon.threads.CoreAndLogThreads;
import io.blipmq.net.EventLoop;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalBackground;

/** Makes agents, for {@code threads}, of the modules' duty cycles, which know nothing of each other. Stateless. */
final class Agents {
    private Agents() {}

    /** The core: sockets, broker, and the frames that they hand to the log. */
    static CoreAndLogThreads.Core core(EventLoop loop, WalAppender log) {
        return new CoreAndLogThreads.Core() {
            @Override
            public void awaitWork(long timeoutNanos) {
                loop.awaitWork(timeoutNanos);
            }

            @Override
            public int doWork(long nowNanos) {
                return loop.doWork(nowNanos);
            }

            @Override
            public void wakeup() {
                loop.wakeup();
            }

            @Override
            public void adopt() {
                loop.adopt();
            }

            @Override
            public void holdWakeups(boolean hold) {
                log.holdWakeups(hold);
            }

            @Override
            public long submittedFrames() {
                return log.submittedFrames();
            }

            @Override
            public long lastSequence() {
                return log.lastSequence();
            }
        };
    }

    static CoreAndLogThreads.Log log(WalAgent log) {
        return new CoreAndLogThreads.Log() {
            @Override
            public boolean awaitWork(long timeoutNanos) {
                return log.awaitWork(timeoutNanos);
            }

            @Override
            public int doWork(long nowNanos) {
                return log.doWork(nowNanos);
            }

            @Override
            public boolean write(long nowNanos) {
                return log.write(nowNanos);
            }

            @Override
            public void wakeup() {
                log.wakeup();
            }
        };
    }

    /** The log's background: its turns are small steps of longer work, so it waits only when there is none left. */
    static Agent background(WalBackground background) {
        return new Agent() {
            private boolean idle;

            @Override
            public void awaitWork(long timeoutNanos) {
                if (idle) {
                    background.awaitWork(timeoutNanos);
                }
            }

            @Override
            public int doWork(long nowNanos) {
                int work = background.doWork(nowNanos);
                idle = work == 0;
                return work;
            }

            @Override
            public void wakeup() {
                background.wakeup();
            }
        };
    }
}
