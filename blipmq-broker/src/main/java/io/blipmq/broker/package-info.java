/**
 * The broker core: topics, subscriptions, deliveries, retry and dead letters, and the turn that drives them.
 *
 * <p><b>Owner.</b> The core thread, which is the broker thread of {@code io.blipmq.net}, owns everything here, unless a
 * class says otherwise. Other threads enter through the {@link io.blipmq.broker.Mailbox} and read the published
 * {@link io.blipmq.broker.BrokerCounters}.
 *
 * <p><b>Neighbours.</b> Sessions of {@code blipmq-net} call the services that {@link io.blipmq.broker.Broker} gives
 * out, get an {@link io.blipmq.broker.Outcome}, and bring along where messages are written to
 * ({@link io.blipmq.broker.PushSink}, {@link io.blipmq.broker.DeliverySink}). Below this package, none of which sees
 * it: {@code journal}, the command log and what must survive; {@code backlog}, where stored messages are and how far
 * they have been read; {@code memory}, what is read from memory alone; {@code message}, how a message on its way is
 * described.
 *
 * <p><b>Read first</b> {@link io.blipmq.broker.Broker}, whose {@code doWork} and {@code endTurn} are the turn; then
 * {@code Core}, which makes the parts:
 *
 * <ul>
 *   <li>what clients ask for: {@code PublishService}, {@code SubscribeService} (clients that poll, and what both kinds
 *       share), {@code AttachService} (clients that are pushed to), {@code PollService}, {@code SettleService},
 *       {@code DeadLetterService}, {@code Listing};
 *   <li>what stored commands change: {@code BrokerState}, on the {@code SubscriptionTable} of {@code Topic}s and
 *       {@code StoredSubscription}s; who reads one, and from when to when it exists, is its {@code SubscriptionLife}'s;
 *   <li>who gets the next message: {@code ReadyList} (who may have something coming), {@code PushScheduler} (in turn),
 *       {@code Attachment} (one connection's credit), {@code ConsumerGroup} (several that share), {@code StoredReader} (which message);
 *   <li>what becomes of it: {@code Delivery} (its states), {@code Unsettled} (all of a subscription), {@code InFlight}
 *       (what one connection has in hand), {@code Deliveries} (deadlines, retries),
 *       {@code Settlements} (the end), and what waits for room in the log: {@code PendingSettlements},
 *       {@code PendingDeadLetters};
 *   <li>what time does: {@code TurnClock} (in a turn), {@code WallTime} (over a restart), {@code DeadlineWheel} (one
 *       delivery), {@code Housekeeping} (each second, all subscriptions);
 *   <li>checkpoints: {@code CheckpointCapture} writes what a form ({@code LocalForm}, {@code ReplicatedForm}) says,
 *       {@code CheckpointRestore} reads it;
 *   <li>bounds: {@code StateMemory} (memory), {@code WorkMeter} (a turn), {@code BrokerLimits} (the rest).
 * </ul>
 *
 * <p><b>To add</b> something that must survive a restart, begin with a command ({@code journal}) or, for what may be
 * lost in a crash, with the checkpoint's form. A state of a delivery or a subscription belongs in the table of
 * {@code transitionTo}, with what a checkpoint keeps of it. A number to count is a {@link io.blipmq.broker.BrokerMetric},
 * which the daemon's {@code Observation} shows as a {@code Metric} of {@code blipmq-metrics}.
 */
package io.blipmq.broker;
