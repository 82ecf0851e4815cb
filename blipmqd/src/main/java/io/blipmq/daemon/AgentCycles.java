package io.blipmq.daemon;

import java.util.function.LongConsumer;
import java.util.function.LongToIntFunction;

/** Makes {@link AgentRunner.Agent}s of the modules' duty cycles, which know nothing of each other. Stateless. */
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
}
