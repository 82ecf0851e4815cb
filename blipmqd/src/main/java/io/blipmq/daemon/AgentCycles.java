package io.blipmq.daemon;

import io.blipmq.net.EventLoop;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalAppender;
import java.util.function.LongConsumer;
import java.util.function.LongToIntFunction;

/** Makes agents for {@link AgentRunner} and {@link AgentPair} of the modules' duty cycles, which know nothing of each other. Stateless. */
final class AgentCycles {
    private AgentCycles() {}

    static AgentRunner.Agent of(LongConsumer awaitWork, LongToIntFunction doWork, Runnable wakeup) {
        return new AgentRunner.Agent() {
            @Override
            public void awaitWork(long timeoutNanos) {
                awaitWork.accept(timeoutNanos);
            }

            @Override
            public int doWork(long nowNanos) {
                return doWork.applyAsInt(nowNanos);
            }

            @Override
            public void wakeup() {
                wakeup.run();
            }
        };
    }

    /** The core: sockets, broker, and the frames that they hand to the log. */
    static AgentPair.Core core(EventLoop loop, WalAppender log) {
        return new AgentPair.Core() {
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

    static AgentPair.Log log(WalAgent log) {
        return new AgentPair.Log() {
            @Override
            public boolean awaitWork(long timeoutNanos) {
                return log.awaitWork(timeoutNanos);
            }

            @Override
            public int doWork(long nowNanos) {
                return log.doWork(nowNanos);
            }

            @Override
            public void wakeup() {
                log.wakeup();
            }
        };
    }

    /** As {@link #of}, for an agent whose turns are small steps of longer work: it waits only when there is none left. */
    static AgentRunner.Agent ofSteps(LongConsumer awaitWork, LongToIntFunction doWork, Runnable wakeup) {
        AgentRunner.Agent agent = of(awaitWork, doWork, wakeup);
        return new AgentRunner.Agent() {
            private boolean idle;

            @Override
            public void awaitWork(long timeoutNanos) {
                if (idle) {
                    agent.awaitWork(timeoutNanos);
                }
            }

            @Override
            public int doWork(long nowNanos) {
                int work = agent.doWork(nowNanos);
                idle = work == 0;
                return work;
            }

            @Override
            public void wakeup() {
                agent.wakeup();
            }
        };
    }
}
