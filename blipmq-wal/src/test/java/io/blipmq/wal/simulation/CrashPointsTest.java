package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small workloads, and a crash at every point of them. */
class CrashPointsTest {
    /** More under the profile {@code proof}. */
    private static final long POINTS_MIN = Long.getLong("blipmq.crash.points", 20_000);

    private static final boolean MANY = POINTS_MIN > 20_000;

    @Test
    void noCrashBreaksAPromise() throws IOException {
        long points = 0;
        for (ForcePolicy policy : policies()) {
            for (Workload workload : Workload.values()) {
                long count = new CrashPoints(workload, policy, startsDie(workload, policy)).run();
                System.out.println(workload + ", " + policy + ": " + count + " crash points");
                points += count;
            }
        }
        System.out.println(points + " crash points");
        assertThat(points).isGreaterThanOrEqualTo(POINTS_MIN);
    }

    private static List<ForcePolicy> policies() {
        return MANY
                ? List.of(ForcePolicy.ALWAYS, ForcePolicy.NONE, ForcePolicy.everyN(4), ForcePolicy.intervalMillis(5))
                : List.of(ForcePolicy.ALWAYS);
    }

    private static CrashPoints.StartsDie startsDie(Workload workload, ForcePolicy policy) {
        if (workload != Workload.STARTS) {
            return CrashPoints.StartsDie.NEVER;
        }
        return MANY && policy == ForcePolicy.ALWAYS ? CrashPoints.StartsDie.ALWAYS : CrashPoints.StartsDie.AFTER_KILLS;
    }
}
