package io.blipmq.metrics.http;

import io.blipmq.metrics.Health;
import io.blipmq.metrics.MetricsRegistry;
import io.blipmq.metrics.RuntimeSnapshot;
import io.blipmq.metrics.SubscriptionSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the endpoint shows. Immutable; its members are called by the endpoint's threads.
 *
 * @param health whether the process runs its duty cycles
 * @param readiness whether clients are served: started, not shutting down, room on the disk
 * @param runtime empty when the runtime console is not enabled
 */
public record HttpBindings(
        MetricsRegistry metrics,
        Supplier<Health> health,
        Supplier<Health> readiness,
        SubscriptionSource subscriptions,
        Optional<Supplier<RuntimeSnapshot>> runtime) {}
