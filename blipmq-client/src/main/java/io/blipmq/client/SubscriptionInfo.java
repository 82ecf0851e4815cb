package io.blipmq.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A subscription as the broker sees it. Immutable.
 *
 * @param name empty when it has none
 * @param durable whether it stays when nobody is attached
 * @param deadLetters whether it holds a topic's dead letters
 * @param filter whether its topic is a filter of topics
 * @param backlog messages that wait to be delivered, for the first time or again
 * @param inFlight delivered to a client that holds them, their ack timeout running
 * @param dueAgain to be delivered again as soon as there is credit; part of the backlog
 * @param delayed to be due again later; part of the backlog
 * @param moving on their way to the dead letters, or back from them
 * @param oldestAge of its oldest message, if it has one
 * @param clientName who is attached, as that client calls itself
 * @param clientAddress and where it is
 * @param members the oldest hundred of the clients that share it as a group; empty when it is not shared
 * @param memberCount how many share it
 */
public record SubscriptionInfo(
        long id,
        int qos,
        boolean durable,
        boolean attached,
        boolean deadLetters,
        boolean filter,
        String topic,
        String name,
        long backlog,
        long inFlight,
        long dueAgain,
        long delayed,
        long moving,
        Optional<Duration> oldestAge,
        String clientName,
        String clientAddress,
        List<Member> members,
        int memberCount) {
    /** The credit of a member that takes whatever comes. */
    public static final long UNLIMITED_CREDIT = 0xffff_ffffL;

    /**
     * A client that shares a subscription. Immutable.
     *
     * @param credit messages that it may be sent now; {@link #UNLIMITED_CREDIT}: without limit
     * @param inHand deliveries that it holds
     */
    public record Member(String clientName, String clientAddress, long credit, long inHand) {}

    /** Everything that was delivered and is not settled. */
    public long unsettled() {
        return inFlight + dueAgain + delayed + moving;
    }
}
