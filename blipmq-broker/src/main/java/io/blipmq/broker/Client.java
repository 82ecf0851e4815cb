package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One authenticated connection as the broker knows it. Owned by the core thread. */
public final class Client {
    private final OwnerId owner;
    private final String name;
    private final String address;
    private final PushSink sink;
    /** With what it has in hand of each that it has polled; null of the others. */
    private final Map<Subscription, InFlight> subscriptions = new LinkedHashMap<>(1);
    /** Which state of the broker's its subscriptions are of, by {@link Broker#stateReplacements}. */
    private long stateNumber;

    private long lastSequence;
    /** What it asked for that waits for room in the journal. */
    private int awaitedCommands;

    private boolean draining;
    private boolean isWaitingForRoom;
    /** Owned by {@link ReadyList}. */
    boolean listed;

    /** Null for a client that polls. */
    private final AttachmentQueue waitingForRoom;

    /** A client that polls. */
    Client(OwnerId owner, String address) {
        this(owner, "", address, null);
    }

    /** @param sink where messages are pushed to; null for a client that polls */
    Client(OwnerId owner, String name, String address, PushSink sink) {
        this.owner = owner;
        this.name = printable(name);
        this.address = address;
        this.sink = sink;
        this.waitingForRoom = sink == null ? null : new AttachmentQueue();
    }

    /** What somebody calls himself is shown to others: with a question mark for what would move their cursor. */
    private static String printable(String text) {
        return text.codePoints()
                .map(codePoint -> isPrintable(codePoint) ? codePoint : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    OwnerId owner() {
        return owner;
    }

    String name() {
        return name;
    }

    String address() {
        return address;
    }

    /** Who it is, for a person. */
    String describe() {
        return name.isEmpty() ? "a client at " + address : "client '" + name + "' at " + address;
    }

    PushSink sink() {
        return sink;
    }

    /** Whether messages may be pushed to it, once its output has room. */
    boolean takesPushes() {
        return sink != null && !draining;
    }

    void drain() {
        draining = true;
    }

    /** Its output is full. */
    void waitForRoom() {
        isWaitingForRoom = true;
    }

    void endWaitForRoom() {
        isWaitingForRoom = false;
    }

    boolean isWaitingForRoom() {
        return isWaitingForRoom;
    }

    /** Whether some of its subscriptions have found no room in its output, and come first. */
    boolean hasQueue() {
        return !waitingForRoom.isEmpty();
    }

    /** Those of its subscriptions that have something for it meanwhile. */
    AttachmentQueue waitingForRoom() {
        return waitingForRoom;
    }

    /** What ends or is detached with the connection, in the order in which it came; those that are storing included. */
    Set<Subscription> subscriptions() {
        return subscriptions.keySet();
    }

    /** It reads a subscription from now on, or waits for it. */
    void add(Subscription subscription) {
        subscriptions.putIfAbsent(subscription, null);
    }

    /** What it has in hand of a subscription that it polls; null before the first POLL. */
    InFlight polled(Subscription subscription) {
        return subscriptions.get(subscription);
    }

    /** It polls one of its subscriptions for the first time. */
    InFlight beginPolling(Subscription subscription) {
        InFlight inHand = new InFlight();
        subscriptions.put(subscription, inHand);
        return inHand;
    }

    void connectedTo(long number) {
        stateNumber = number;
    }

    /** Whether its subscriptions are still there: not when the state has been replaced. */
    boolean isConnectedTo(long presentNumber) {
        return stateNumber == presentNumber;
    }

    /**
     * The journal sequence number of this client's latest journalled command, 0 before the first. What follows it on
     * the connection may be answered once {@link Broker#appliedSequence()} has reached it.
     */
    public long lastSequence() {
        return lastSequence;
    }

    /** Something that it asked for has found no room in the journal. */
    void awaitJournal() {
        awaitedCommands++;
    }

    /** @param sequence of the command; not positive when there is none */
    void endAwaitJournal(long sequence) {
        awaitedCommands--;
        lastSequence(sequence);
    }

    /**
     * Whether a request of this client has not taken effect yet, because the journal has no room just now: what follows it
     * is to be handled in a later turn.
     */
    public boolean isBusy() {
        return awaitedCommands > 0;
    }

    /** Never moves back: a subscription taken over from a lost connection may be older than what was published since. */
    void lastSequence(long sequence) {
        lastSequence = Math.max(lastSequence, sequence);
    }
}
