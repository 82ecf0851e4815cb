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
